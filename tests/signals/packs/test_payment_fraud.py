import pytest

from signals.packs import payment_fraud as pack
from tests.signals.packs.views import view

pytestmark = pytest.mark.django_db  # amounts are written in the base currency, whose digits are a row

HABITS = {"buyer_payments_30d": 20, "buyer_amount_avg_30d": 5000.0}


def payment(kind="payment.captured", *, roles=("payment", "buyer", "card", "seller"), amount=20_000, **features):
    return view(kind, roles=roles, amount=amount, **features)


def test_amount_far_above_the_own_average_is_found():
    found = pack.amount_out_of_character(payment(**HABITS, amount_to_buyer_average=4.0, amount_buyer_deviations=6.0))

    assert (found.role, found.score, found.money_minor) == ("payment", 0.92, 20_000)
    (reason,) = found.reasons
    assert reason.sentence == "The amount is 4.0 times what this buyer paid on average in 30 days."
    assert (reason.value, reason.usual) == ("200.00 EUR", "50.00 EUR")


@pytest.mark.parametrize(
    ("amount", "features"),
    [
        (20_000, HABITS | {"amount_to_buyer_average": 2.0, "amount_buyer_deviations": 2.0}),
        (10_000, HABITS | {"amount_to_buyer_average": 2.0, "amount_buyer_deviations": 3.0}),
        (20_000, {"buyer_payments_30d": 9, "amount_to_buyer_average": 9.0, "amount_buyer_deviations": 9.0}),
        (None, HABITS),
    ],
    ids=["within habits", "odd but small", "no habits yet", "no rate"],
)
def test_amount_is_not_found(amount, features):
    assert pack.amount_out_of_character(payment(amount=amount, **features)) is None


def test_the_cards_history_stands_in_for_a_buyer_without_one():
    features = {"card_payments_30d": 20, "card_amount_avg_30d": 100.0}
    found = pack.amount_out_of_character(payment(**features, amount_to_card_average=5.0, amount_card_deviations=5.0))

    assert "what this card paid" in found.reasons[0].sentence


def test_many_cards_of_one_buyer_are_found():
    found = pack.cards_tried(payment("payment.refused", buyer_cards_24h=59, ip_cards_24h=59, ip_refused_1h=70))

    assert (found.role, found.score) == ("buyer", 0.9)
    assert found.evidence == ("ip_refused_1h",)
    assert found.reasons[0].sentence == "The buyer used 59 other cards within a day."


def test_without_a_buyer_the_card_is_named():
    found = pack.cards_tried(payment("payment.refused", roles=("payment", "card", "email"), card_refused_1h=5))

    assert (found.role, found.score) == ("card", 0.7)


def test_a_few_retries_are_not_found():
    assert pack.cards_tried(payment("payment.refused", card_refused_1h=4, buyer_cards_24h=3)) is None


def test_seller_whose_payments_turned_bad_is_found():
    found = pack.seller_turning_bad(
        payment(
            seller_bad_14d=3, seller_payments_14d=10, seller_bad_share_14d=0.3, seller_bad_30d=4, seller_payments_30d=40
        )
    )

    assert (found.role, found.score) == ("payment", 0.75)
    assert (found.reasons[0].value, found.reasons[0].usual) == ("3 of 10", "1 of 30 in the 16 days before")


@pytest.mark.parametrize("features", [{}, {"seller_bad_14d": 1, "seller_bad_share_14d": 0.5}])
def test_seller_is_not_found_without_known_frauds(features):
    assert pack.seller_turning_bad(payment(**features)) is None


def test_third_dispute_of_a_payer_is_found():
    second = view("dispute.opened", roles=("dispute", "payment"), payer_disputes_180d=1)
    third = view("dispute.opened", roles=("dispute", "payment"), payer_disputes_180d=2, amount=400)

    assert pack.repeated_disputes(second) is None
    assert (pack.repeated_disputes(third).score, pack.repeated_disputes(third).money_minor) == (0.7, 400)
