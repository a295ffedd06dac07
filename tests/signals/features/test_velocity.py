"""The whole family of windows: a minute to 90 days, extremes, ages, and the event against the entity's own history."""

import pytest

from signals.features import compute
from tests.factories import after, event

pytestmark = pytest.mark.django_db


def features(row):
    return compute.values(event_ids=[row.pk])[row.pk]


def paid(number, minutes, *, days=0, kind="payment.captured", **more):
    return event(kind, after(minutes, days=days), payment=f"p{number}", **{"buyer": "ada", "card": "~c"} | more)


def test_extremes_of_amounts():
    paid(1, 0, days=-40, amount=9999)
    paid(2, 0, days=-5, amount=700)
    paid(3, -60, amount=300)
    paid(4, -30, amount=20, kind="payment.refused")
    scored = paid(5, 0, amount=1400)

    found = features(scored)

    assert (found["buyer_amount_max_30d"], found["amount_to_buyer_max"]) == (700, 2.0)
    assert found["card_amount_min_24h"] == 20


def test_time_since_first_and_since_last():
    paid(1, 0, days=-40, amount=1)
    paid(2, 0, days=-5, amount=1)
    paid(3, -3, amount=1)
    scored = paid(4, 0, amount=1)

    found = features(scored)

    assert (found["card_first_age"], found["buyer_last_payment_age"]) == (5 * 86400.0, 180.0)


def test_ages_are_absent_without_a_fact():
    found = features(paid(1, 0, amount=1))

    assert {"card_first_age", "buyer_last_payment_age", "buyer_amount_max_30d", "card_amount_min_24h"} & set(
        found
    ) == set()


def test_a_minute_ends_after_a_minute():
    paid(1, -1, amount=1)
    paid(2, -0.5, amount=1)
    paid(3, -0.1, amount=1)
    scored = paid(4, 0, amount=1)

    assert features(scored)["card_payments_1m"] == 2


def test_today_against_the_usual_day():
    for day in range(1, 31):
        paid(day, 0, days=-day + 0.5, amount=1)
    for number in range(5):
        paid(100 + number, -60 + number, amount=1)
    scored = paid(200, 0, amount=1)

    found = features(scored)

    assert (found["buyer_payments_24h"], found["buyer_payments_30d"]) == (6, 35)
    assert found["buyer_payments_to_usual"] == 6 / (35 / 30)


def test_failures_of_today_against_those_of_the_quarter():
    for number in range(9):
        event("login.failed", after(-number - 1), account="ada")
    event("login.failed", after(days=-50), account="ada")
    scored = event("login.succeeded", after(), account="ada")

    found = features(scored)

    assert found["account_failures_to_usual"] == pytest.approx(9 / (10 / 90))
    assert "account_failures_to_usual" not in features(event("login.succeeded", after(), account="ben"))


@pytest.mark.parametrize(("card", "email", "expected"), [("~c", "~e", (False, False)), ("~d", "~e", (True, True))])
def test_first_time_of_a_card_with_buyer_and_with_mail(card, email, expected):
    paid(1, -10, email="~e", amount=1)
    scored = paid(2, 0, card=card, email=email, amount=1)

    found = features(scored)

    assert (found["buyer_first_with_card"], found["email_first_with_card"]) == expected


def test_first_time_is_absent_where_one_of_the_two_is():
    scored = event("payment.captured", after(), payment="p1", buyer="ada", amount=1)

    assert {"buyer_first_with_card", "email_first_with_card"} & set(features(scored)) == set()


def test_first_log_in_from_a_device_and_an_address():
    event("login.succeeded", after(days=-2), account="ada", context={"ip": "~home", "device": "d1"})
    event("login.failed", after(-4), account="ada", context={"ip": "~new", "device": "d2"})
    same = event("login.succeeded", after(), account="ada", context={"ip": "~home", "device": "d1"})
    other = event("login.succeeded", after(1), account="ada", context={"ip": "~new", "device": "d2"})
    changed = event("payout.requested", after(2), payout="o1", account="ada", amount=1, context={"device": "d3"})

    known, new = features(same), features(other)

    assert (known["account_first_with_device"], known["account_first_with_ip"]) == (False, False)
    assert (new["account_first_with_device"], new["account_first_with_ip"]) == (True, True)
    assert (known["account_first_success_age"], known["account_last_failure_age"]) == (2 * 86400.0, 240.0)
    assert features(changed)["owner_first_with_device"] is True


def test_how_long_a_sender_has_been_writing():
    event("message.sent", after(days=-3), message="m1", sender="ada", recipient="ben", text="hi")
    event("message.sent", after(-1), message="m2", sender="ada", recipient="ben", text="hi")
    scored = event("message.sent", after(), message="m3", sender="ada", recipient="cleo", text="hi")

    assert features(scored)["sender_first_message_age"] == 3 * 86400.0
