from datetime import timedelta

import pytest

from signals.features import compute
from tests.factories import after, event

pytestmark = pytest.mark.django_db


def features(row):
    return compute.values(event_ids=[row.pk])[row.pk]


def test_count_takes_facts_inside_the_window_only():
    event("login.failed", after(-61), account="ada", context={"ip": "~1"})
    event("login.failed", after(-60), account="ada", context={"ip": "~1"})
    event("login.failed", after(-59), account="ada", context={"ip": "~2"})
    event("login.failed", after(-5), account="ada", context={"ip": "~2"})
    event("login.failed", after(1), account="ada", context={"ip": "~2"})
    event("login.failed", after(-5), account="ben", context={"ip": "~2"})
    scored = event("login.succeeded", after(), account="ada", context={"ip": "~2"})

    found = features(scored)

    names = ("account_failed_logins_10m", "account_failed_logins_1h", "account_failed_logins_24h")
    assert [found[name] for name in names] == [1, 2, 4]
    assert (found["account_failing_ips_1h"], found["account_failing_ips_24h"]) == (1, 2)
    assert (found["ip_failing_accounts_10m"], found["ip_failing_accounts_1h"]) == (2, 2)


@pytest.mark.parametrize(("other", "counted"), [("evt-a", 1), ("evt-c", 0)])
def test_facts_of_the_same_instant_count_if_they_sort_before(other, counted):
    event("login.failed", after(), id=other, account="ada")
    scored = event("login.succeeded", after(), id="evt-b", account="ada")

    assert features(scored)["account_failed_logins_10m"] == counted


def test_facts_of_the_same_instant_sort_by_source_first():
    event("login.failed", after(), source="alpha", id="evt-z", account="ada")
    event("login.failed", after(), source="zulu", id="evt-a", account="ada")
    scored = event("login.succeeded", after(), source="shop", id="evt-b", account="ada")

    assert features(scored)["account_failed_logins_10m"] == 1


def test_values_do_not_change_when_more_becomes_known():
    event("login.failed", after(-5), account="ada", context={"ip": "~1"})
    scored = event("login.succeeded", after(), account="ada", context={"ip": "~1"})
    before = features(scored)

    event("login.failed", after(-4), observed_at=after(1), account="ada", context={"ip": "~1"})
    event("login.failed", after(2), account="ada", context={"ip": "~1"})
    event("login.succeeded", after(-200), observed_at=after(days=2), account="ada", context={"ip": "~1"})

    assert features(scored) == before
    assert before["account_failed_logins_10m"] == 1


def test_only_the_revision_that_was_current_counts():
    event("login.failed", after(-5), id="evt-1", observed_at=after(-5), account="ada")
    event("login.failed", after(-5), id="evt-1", observed_at=after(-3), account="ada")
    scored = event("login.succeeded", after(), account="ada")
    earlier = event("login.succeeded", after(-4), account="ada")
    event("login.failed", after(-300), id="evt-1", observed_at=after(10), account="ada")

    assert features(scored)["account_failed_logins_10m"] == 1
    assert features(earlier)["account_failed_logins_10m"] == 1


def test_an_older_revision_of_the_event_itself_is_not_its_history():
    event("login.failed", after(-5), id="evt-1", account="ada")
    scored = event("login.failed", after(), id="evt-1", observed_at=after(1), account="ada")

    assert features(scored)["account_failed_logins_10m"] == 0


def test_absent_member_means_absent_feature():
    event("login.succeeded", after(-5), account="ada", context={"ip": "~1"})
    scored = event("login.succeeded", after(), account="ada")

    found = features(scored)

    assert found["account_successes_90d"] == 1
    assert "account_ip_successes_90d" not in found
    assert "ip_failed_logins_1h" not in found


def test_address_is_known_once_it_succeeded_at_this_account():
    event("login.succeeded", after(days=-2), account="ada", context={"ip": "~home"})
    event("login.succeeded", after(days=-1), account="ben", context={"ip": "~cafe"})
    home = event("login.succeeded", after(), account="ada", context={"ip": "~home"})
    cafe = event("login.succeeded", after(1), account="ada", context={"ip": "~cafe"})

    assert features(home)["account_ip_successes_90d"] == 1
    assert features(cafe)["account_ip_successes_90d"] == 0


def test_amounts_are_set_against_the_buyers_own_history():
    for number, amount in enumerate((1000, 2000, 3000)):
        event("payment.captured", after(days=-number - 1), payment=f"p{number}", buyer="ada", amount=amount)
    scored = event("payment.authorized", after(), payment="p9", buyer="ada", amount=6000)

    found = features(scored)

    assert found["buyer_payments_30d"] == 3
    assert found["buyer_amount_avg_30d"] == 2000.0
    assert found["buyer_amount_std_30d"] == 1000.0
    assert found["amount_to_buyer_average"] == 3.0
    assert found["amount_buyer_deviations"] == 4.0


def test_a_payment_told_twice_is_one_payment():
    event("payment.authorized", after(-30), payment="p1", buyer="ada", card="~1", amount=500)
    event("payment.captured", after(-20), payment="p1", buyer="ada", card="~1", amount=500)
    event("payment.authorized", after(-2), payment="p2", buyer="ada", card="~2", amount=500)
    scored = event("payment.captured", after(), payment="p2", buyer="ada", card="~2", amount=500)

    found = features(scored)

    assert (found["buyer_payments_1h"], found["buyer_cards_1h"], found["card_payments_1h"]) == (1, 1, 0)


def test_first_contact_looks_in_both_directions():
    hello = event("message.sent", after(), message="m1", sender="ada", recipient="ben", text="hi")
    answer = event("message.sent", after(1), message="m2", sender="ben", recipient="ada", text="hi")
    alone = event("message.sent", after(2), message="m3", sender="ada", text="hi")

    assert features(hello)["message_first_contact"] is True
    assert features(answer)["message_first_contact"] is False
    assert "message_first_contact" not in features(alone)


def test_the_most_shared_domain_counts():
    for number in range(3):
        event(
            "message.sent", after(-number - 1), message=f"m{number}", sender=f"s{number}", text="x", domains=("b.test",)
        )
    scored = event("message.sent", after(), message="m9", sender="s9", text="x", domains=("a.test", "b.test"))

    assert features(scored)["domain_senders_24h"] == 3


def test_last_age_is_absent_without_a_fact():
    scored = event("login.succeeded", after(), account="ada")
    event("login.succeeded", after() - timedelta(seconds=90), account="ben")
    other = event("login.succeeded", after(), account="ben")

    assert "account_last_success_age" not in features(scored)
    assert features(other)["account_last_success_age"] == 90.0


def test_evidence_names_the_newest_facts_behind_a_count():
    rows = [event("login.failed", after(-number), account="ada") for number in range(1, 5)]
    scored = event("login.succeeded", after(), account="ada")

    found = compute.evidence(feature="account_failed_logins_1h", event_ids=[scored.pk], most=3)

    assert found == {scored.pk: [row.pk for row in rows[:3]]}
