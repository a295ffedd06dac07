"""Features that look beyond one entity's own events: bursts, labels, disputes."""

import pytest

from signals.features import compute
from tests.factories import after, event, label

pytestmark = pytest.mark.django_db


def features(row):
    return compute.values(event_ids=[row.pk])[row.pk]


def paid(number, days, *, seller="cleo", **more):
    return event("payment.captured", after(days=days), payment=f"p{number}", seller=seller, amount=100, **more)


def judged(row, label_class, days, **more):
    verdict = more.pop("verdict", "good" if label_class == "legit" else "bad")
    return label(
        row, label_class, after(days=days), abuse_type="payment_fraud", role="payment", verdict=verdict, **more
    )


def test_burst_counts_strangers_addresses_across_accounts():
    event("login.succeeded", after(-200), account="ada", context={"ip": "~home"})
    event("login.failed", after(-4), account="ada", context={"ip": "~home"})
    for number in range(3):
        event("login.failed", after(-3), account=f"a{number}", context={"ip": f"~new{number}"})
    event("login.failed", after(-3), username_typed="nobody", context={"ip": "~new3"})
    event("login.failed", after(-3), source="other", account="a9", context={"ip": "~new4"})
    scored = event("login.succeeded", after(), account="ben", context={"ip": "~new9"})

    found = features(scored)

    assert (found["fresh_failing_ips_10m"], found["fresh_failing_accounts_10m"]) == (4, 3)


def test_burst_stays_the_same_when_an_address_proves_to_be_old():
    event("login.failed", after(-3), account="ada", context={"ip": "~1"})
    scored = event("login.failed", after(), account="ben", context={"ip": "~2"})
    event("login.succeeded", after(days=-3), observed_at=after(days=1), account="ada", context={"ip": "~1"})

    assert features(scored)["fresh_failing_ips_10m"] == 1


def test_delayed_risk_reads_only_labels_known_by_then():
    for number in range(4):
        judged(paid(number, -10), "payment.third_party", -3)
    judged(paid(4, -2), "payment.third_party", 5)
    judged(paid(5, -20), "payment.third_party", -13)
    scored = paid(6, 0)

    found = features(scored)

    assert (found["seller_payments_14d"], found["seller_bad_14d"]) == (5, 4)
    assert (found["seller_payments_30d"], found["seller_bad_30d"]) == (6, 5)
    assert found["seller_bad_share_14d"] == 0.8


def test_delayed_risk_is_the_same_after_later_labels_and_payments():
    row = paid(1, -10)
    judged(row, "payment.third_party", -3)
    scored = paid(2, 0)
    before = features(scored)

    judged(row, "legit", 1, source="appeal")
    judged(paid(3, -5), "payment.third_party", 2)
    paid(4, 1)

    assert features(scored)["seller_bad_14d"] == before["seller_bad_14d"] == 1


def test_delayed_risk_takes_the_strongest_source_then_the_newest():
    overturned = paid(1, -10)
    judged(overturned, "legit", -6, source="appeal")
    judged(overturned, "payment.third_party", -2, source="chargeback")
    newest = paid(2, -9)
    judged(newest, "legit", -8, source="reviewer")
    judged(newest, "payment.third_party", -7, source="reviewer")
    scored = paid(3, 0)

    assert features(scored)["seller_bad_14d"] == 1


def test_delayed_risk_forgets_a_superseded_label_once_that_is_known():
    row = paid(1, -10)
    first = judged(row, "payment.third_party", -6)
    between, scored = paid(2, -5), paid(3, 0)
    judged(row, "withdrawn", -3, verdict="withdrawn", supersedes=first)

    assert features(between)["seller_bad_14d"] == 1
    assert features(scored)["seller_bad_14d"] == 0


def test_disputes_are_counted_for_the_buyer_behind_the_payment():
    for number in range(3):
        paid(number, -40 + number, buyer="mallory")
        event(
            "dispute.opened", after(days=-20 + number), dispute=f"d{number}", payment=f"p{number}", stage="chargeback"
        )
    paid(8, -30, buyer="ada")
    last = event("dispute.opened", after(), dispute="d9", payment="p2", stage="chargeback")
    other = event("dispute.opened", after(), dispute="d8", payment="p8", stage="chargeback")

    assert features(last)["payer_disputes_180d"] == 2
    assert features(other)["payer_disputes_180d"] == 0


def test_listing_terms_are_found_and_allowed_ones_are_not_counted():
    scored = event(
        "listing.created",
        after(),
        listing="l1",
        seller="ada",
        title="Cocaine 5g",
        description="",
        category="other",
        price=1,
    )
    plain = event(
        "listing.created",
        after(),
        listing="l2",
        seller="ada",
        title="Oak table",
        description="solid",
        category="home",
        price=1,
    )

    assert features(scored)["listing_policy_hits"] == 1
    assert features(scored)["listing_policy_class"] == "prohibited.drugs"
    assert (features(plain)["listing_policy_hits"], features(plain)["seller_listings_24h"]) == (0, 1)
    assert "listing_policy_class" not in features(plain)


def test_a_listing_whose_text_is_gone_has_no_text_features():
    scored = event("listing.created", after(), listing="l1", seller="ada", category="home", price=1)

    assert features(scored) == {"seller_listings_24h": 0, "seller_listings_90d": 0}
