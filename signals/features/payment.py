"""Features of payments: the amount against one's own history, velocity, shared attributes, and risk that shows late."""

from datetime import timedelta

from signals.features.spec import AMOUNT, Aggregate, Family, Feature, Type

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS_30 = timedelta(days=30)
DAYS_180 = timedelta(days=180)

REFUSED = "payment.refused"
# A payment may be told twice, when authorized and when captured: payments are counted, not events.
GRANTED = ("payment.authorized", "payment.captured")
STARTED = (*GRANTED, REFUSED)
DISPUTED = ("dispute.opened",)

_buyer = Family("buyer", STARTED, STARTED, other=("payment",))
_card = Family("card", STARTED, STARTED, other=("payment",))
_seller = Family("seller", STARTED, STARTED, other=("payment",))
_mail = Family("email", STARTED, STARTED, other=("payment",))
_address = Family("ip", STARTED, STARTED, other=("payment",))

WINDOWS: tuple[Feature, ...] = (
    _buyer.distinct("buyer_payments_1h", "payment", HOUR, "Payments the buyer tried in the last hour."),
    _buyer.distinct("buyer_payments_24h", "payment", DAY, "Payments the buyer tried in the last day."),
    _buyer.distinct("buyer_cards_1h", "card", HOUR, "Cards the buyer used in the last hour."),
    _buyer.distinct("buyer_cards_24h", "card", DAY, "Cards the buyer used in the last day."),
    _buyer.distinct(
        "buyer_refused_24h", "payment", DAY, "Payments of the buyer refused in the last day.", of=(REFUSED,)
    ),
    _buyer.distinct("buyer_payments_30d", "payment", DAYS_30, "Payments of the buyer in 30 days.", of=GRANTED),
    _buyer.amount(
        "buyer_amount_avg_30d", Aggregate.AVG, DAYS_30, "Average payment of the buyer in 30 days.", of=GRANTED
    ),
    _buyer.amount(
        "buyer_amount_std_30d", Aggregate.STD, DAYS_30, "Spread of the buyer's payments in 30 days.", of=GRANTED
    ),
    _buyer.amount("buyer_amount_sum_24h", Aggregate.SUM, DAY, "Total the buyer paid in the last day.", of=GRANTED),
    _buyer.amount(
        "buyer_amount_max_30d", Aggregate.MAX, DAYS_30, "Largest payment of the buyer in 30 days.", of=GRANTED
    ),
    _buyer.age("buyer_last_payment_age", Aggregate.LAST_AGE, DAYS_30, "Time since the buyer last tried to pay."),
    _buyer.count(
        "buyer_card_payments_30d", DAYS_30, "Times the buyer used this card in 30 days.", same=(("card", "card"),)
    ),
    _card.distinct("card_payments_1m", "payment", MINUTE, "Payments with the card in the last minute."),
    _card.amount("card_amount_min_24h", Aggregate.MIN, DAY, "Smallest amount tried with the card in the last day."),
    _card.age("card_first_age", Aggregate.FIRST_AGE, DAYS_30, "Time since the card was first used within 30 days."),
    _card.distinct("card_payments_1h", "payment", HOUR, "Payments with the card in the last hour."),
    _card.distinct("card_payments_24h", "payment", DAY, "Payments with the card in the last day."),
    _card.distinct(
        "card_refused_1h", "payment", HOUR, "Payments with the card refused in the last hour.", of=(REFUSED,)
    ),
    _card.distinct(
        "card_refused_24h", "payment", DAY, "Payments with the card refused in the last day.", of=(REFUSED,)
    ),
    _card.distinct("card_buyers_30d", "buyer", DAYS_30, "Buyers who used the card in 30 days."),
    _card.distinct("card_emails_24h", "email", DAY, "E-mail addresses used with the card in the last day."),
    _card.distinct("card_payments_30d", "payment", DAYS_30, "Payments with the card in 30 days.", of=GRANTED),
    _card.amount(
        "card_amount_avg_30d", Aggregate.AVG, DAYS_30, "Average payment with the card in 30 days.", of=GRANTED
    ),
    _card.amount(
        "card_amount_std_30d", Aggregate.STD, DAYS_30, "Spread of the payments with the card in 30 days.", of=GRANTED
    ),
    _seller.distinct("seller_payments_1h", "payment", HOUR, "Payments to the seller in the last hour."),
    _seller.distinct("seller_payments_24h", "payment", DAY, "Payments to the seller in the last day."),
    _seller.distinct("seller_cards_24h", "card", DAY, "Cards that paid the seller in the last day."),
    _mail.distinct("email_payments_24h", "payment", DAY, "Payments with the e-mail address in the last day."),
    _mail.distinct(
        "email_refused_1h", "payment", HOUR, "Payments with the e-mail address refused in the last hour.", of=(REFUSED,)
    ),
    _mail.distinct(
        "email_refused_24h", "payment", DAY, "Payments with the e-mail address refused in the last day.", of=(REFUSED,)
    ),
    _mail.distinct("email_cards_24h", "card", DAY, "Cards used with the e-mail address in the last day."),
    _mail.distinct("email_cards_30d", "card", DAYS_30, "Cards used with the e-mail address in 30 days."),
    _mail.count(
        "email_card_payments_30d",
        DAYS_30,
        "Times the e-mail address came with this card in 30 days.",
        same=(("card", "card"),),
    ),
    _address.distinct("ip_payments_24h", "payment", DAY, "Payments from the address in the last day."),
    _address.distinct(
        "ip_refused_1h", "payment", HOUR, "Payments from the address refused in the last hour.", of=(REFUSED,)
    ),
    _address.distinct(
        "ip_refused_24h", "payment", DAY, "Payments from the address refused in the last day.", of=(REFUSED,)
    ),
    _address.distinct("ip_cards_24h", "card", DAY, "Cards used from the address in the last day."),
)


def _late(name: str, type_: Type, meaning: str) -> Feature:
    return Feature(name, "seller", STARTED, type_, meaning, function="delayed_risk")


# Only labels known when the payment was observed count, so a fresh fraud does not show here.
DELAYED: tuple[Feature, ...] = (
    _late("seller_payments_14d", Type.INT, "Payments to the seller in 14 days."),
    _late("seller_bad_14d", Type.INT, "Payments to the seller in 14 days that are by now known to be fraud."),
    _late("seller_bad_share_14d", Type.DOUBLE, "Share of the seller's payments in 14 days by now known to be fraud."),
    _late("seller_payments_30d", Type.INT, "Payments to the seller in 30 days."),
    _late("seller_bad_30d", Type.INT, "Payments to the seller in 30 days that are by now known to be fraud."),
    _late("seller_bad_share_30d", Type.DOUBLE, "Share of the seller's payments in 30 days by now known to be fraud."),
)

AGAINST_HISTORY: tuple[Feature, ...] = (
    Feature(AMOUNT, "payment", STARTED, Type.INT, "Amount of the payment.", unit="minor units", function="derived"),
    _buyer.ratio("amount_to_buyer_average", AMOUNT, "buyer_amount_avg_30d", "Amount over the buyer's 30-day average."),
    _buyer.ratio("amount_to_buyer_max", AMOUNT, "buyer_amount_max_30d", "Amount over the buyer's largest in 30 days."),
    _buyer.deviations(
        "amount_buyer_deviations",
        AMOUNT,
        "buyer_amount_avg_30d",
        "buyer_amount_std_30d",
        "Amount above the buyer's 30-day average, in the buyer's own standard deviations.",
    ),
    _buyer.ratio(
        "buyer_payments_to_usual",
        "buyer_payments_24h",
        "buyer_payments_30d",
        "Payments of the buyer in the last day over the daily average of 30 days.",
        share=DAY / DAYS_30,
    ),
    _buyer.none_before(
        "buyer_first_with_card", ("buyer_card_payments_30d",), "The buyer did not use this card in 30 days."
    ),
    _card.ratio("amount_to_card_average", AMOUNT, "card_amount_avg_30d", "Amount over the card's 30-day average."),
    _card.deviations(
        "amount_card_deviations",
        AMOUNT,
        "card_amount_avg_30d",
        "card_amount_std_30d",
        "Amount above the card's 30-day average, in the card's own standard deviations.",
    ),
    _mail.none_before(
        "email_first_with_card",
        ("email_card_payments_30d",),
        "The e-mail address did not come with this card in 30 days.",
    ),
)

DISPUTES: tuple[Feature, ...] = (
    Feature(
        "payer_disputes_180d",
        "payment",
        DISPUTED,
        Type.INT,
        "Disputes opened in 180 days on other payments of the same buyer, or else the same card.",
        function="disputes",
    ),
)

FEATURES = WINDOWS + DELAYED + AGAINST_HISTORY + DISPUTES
