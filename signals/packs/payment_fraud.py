"""Payment fraud: amounts out of character, cards being tried, sellers whose payments turn bad, habitual disputes."""

from __future__ import annotations

from typing import Final

from signals.detectors.base import EventView, Finding, PackRule, Reason, weighed
from signals.features.payment import DISPUTED, STARTED
from tscore.core import money

TYPE: Final = "payment_fraud"

HISTORY: Final = 10  # payments in 30 days before somebody has habits
DEVIATIONS: Final = 2.5  # of one's own amounts above one's own average
FAR_DEVIATIONS: Final = 3.5
TIMES_AVERAGE: Final = 3.0
LARGE: Final = 20_000  # minor units; below this an odd amount is not worth a look
CARDS: Final = 4  # other cards one buyer, mail or address used within a day
REFUSALS: Final = 5  # refused payments within an hour
PAYMENTS_1H: Final = 8  # payments with one card within an hour
SELLER_BAD: Final = 2  # payments of 14 days by now known to be fraud
SELLER_SHARE: Final = 0.15
DISPUTES: Final = 2  # earlier disputes of the same payer in 180 days

PURCHASE, CARD_TEST, DISPUTE = "F1028", "F1012", "F1024"


def amount_out_of_character(view: EventView) -> Finding | None:
    """Find an amount far above what the buyer, or else the card, usually pays."""
    who = next((who for who in ("buyer", "card") if view.at_least(f"{who}_payments_30d", HISTORY)), None)
    amount = view.amount_base_minor
    if who is None or amount is None:
        return None
    times, deviations = view.number(f"amount_to_{who}_average"), view.number(f"amount_{who}_deviations")
    if times is None or deviations is None or deviations < DEVIATIONS:
        return None
    if times < TIMES_AVERAGE and amount < LARGE:
        return None
    average = view.number(f"{who}_amount_avg_30d") or 0
    return Finding(
        "payment",
        _amount_score(times, deviations, amount),
        (
            Reason(
                "amount_out_of_character",
                f"The amount is {times:.1f} times what this {who} paid on average in 30 days.",
                money.format_minor(amount),
                money.format_minor(round(average)),
                1.0,
            ),
        ),
        money_minor=amount,
        techniques=(PURCHASE,),
    )


def _amount_score(times: float, deviations: float, amount: int) -> float:
    """Score by what such amounts turned out to be: many times the average nearly always bad."""
    if times >= TIMES_AVERAGE:
        return 0.92 if amount >= LARGE else 0.85
    return 0.7 if deviations >= FAR_DEVIATIONS else 0.6


def cards_tried(view: EventView) -> Finding | None:
    """Find one buyer, card, mail or address with many cards or refusals in a short time."""
    reasons = [
        (weight, Reason(name, sentence.format(view.number(name)), f"{view.number(name):.0f} {unit}", usual))
        for name, least, weight, sentence, unit, usual in _VELOCITY
        if view.at_least(name, least)
    ]
    role = view.first_role("buyer", "card", "payment")
    if not reasons or role is None:
        return None
    strongest = max(weight for weight, _ in reasons)
    score = min(strongest + 0.05 * (len(reasons) - 1), 0.95)
    evidence = tuple(name for name in _REFUSED_FACTS if view.at_least(name, REFUSALS))
    return Finding(
        role,
        round(score, 2),
        weighed(*reasons),
        money_minor=view.amount_base_minor,
        techniques=(CARD_TEST,),
        evidence=evidence,
    )


_A_DAY, _REFUSALS, _AN_HOUR = "cards in a day", "refusals in an hour", "payments in an hour"
_VELOCITY: Final = (
    ("buyer_cards_24h", CARDS, 0.8, "The buyer used {:.0f} other cards within a day.", _A_DAY, "1"),
    ("email_cards_24h", CARDS, 0.75, "{:.0f} cards were used with the mail address within a day.", _A_DAY, "1"),
    ("ip_cards_24h", 2 * CARDS, 0.6, "{:.0f} cards were used from the address within a day.", _A_DAY, "1 to 2"),
    ("card_refused_1h", REFUSALS, 0.7, "The card was refused {:.0f} times within an hour.", _REFUSALS, "0 to 1"),
    ("email_refused_1h", REFUSALS, 0.65, "The mail address was refused {:.0f} times in an hour.", _REFUSALS, "0 to 1"),
    ("ip_refused_1h", REFUSALS, 0.6, "The address was refused {:.0f} times within an hour.", _REFUSALS, "0 to 1"),
    ("card_payments_1h", PAYMENTS_1H, 0.7, "The card was tried {:.0f} times within an hour.", _AN_HOUR, "0 to 1"),
)
_REFUSED_FACTS: Final = ("card_refused_1h", "email_refused_1h", "ip_refused_1h")


def seller_turning_bad(view: EventView) -> Finding | None:
    """Find a payment to a seller of whose payments in 14 days several are by now known to be fraud."""
    bad, share = view.number("seller_bad_14d"), view.number("seller_bad_share_14d")
    if bad is None or share is None or bad < SELLER_BAD or share < SELLER_SHARE:
        return None
    total = view.number("seller_payments_14d") or bad
    month, month_total = view.number("seller_bad_30d") or bad, view.number("seller_payments_30d") or total
    older, older_total = month - bad, month_total - total
    sentence = f"{bad:.0f} of the seller's {total:.0f} payments in 14 days are by now known to be fraud."
    usual = f"{older:.0f} of {older_total:.0f} in the 16 days before" if older_total else "fewer than 1 in 100"
    reason = Reason("seller_turning_bad", sentence, f"{bad:.0f} of {total:.0f}", usual, 1.0)
    score = min(0.6 + share / 2, 0.9)
    return Finding("payment", round(score, 2), (reason,), money_minor=view.amount_base_minor, techniques=(PURCHASE,))


def repeated_disputes(view: EventView) -> Finding | None:
    """Find a payer who disputes again and again."""
    before = view.number("payer_disputes_180d")
    if before is None or before < DISPUTES or "payment" not in view.roles:
        return None
    sentence = f"The same payer opened {before:.0f} other disputes in 180 days."
    reason = Reason("repeated_disputes", sentence, f"{before:.0f} others in 180 days", "0", 1.0)
    score = min(0.7 + 0.05 * (before - DISPUTES), 0.9)
    return Finding("payment", score, (reason,), money_minor=view.amount_base_minor, techniques=(DISPUTE,))


_KINDS: Final = frozenset(STARTED)
DETECTORS: Final = (
    PackRule("payment.amount_out_of_character", "1", TYPE, "Amount out of character", _KINDS, amount_out_of_character),
    PackRule("payment.cards_tried", "1", TYPE, "Cards tried in a short time", _KINDS, cards_tried),
    PackRule("payment.seller_turning_bad", "1", TYPE, "Seller whose payments turn bad", _KINDS, seller_turning_bad),
    PackRule(
        "payment.repeated_disputes", "1", TYPE, "Payer who disputes often", frozenset(DISPUTED), repeated_disputes
    ),
)
