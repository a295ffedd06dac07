"""Features made of other features of the same event. Pure."""

from __future__ import annotations

from signals.features.batch import Scored
from signals.features.payment import STARTED
from signals.features.spec import Value

# A spread below this share of the average says only that somebody always bought the same thing.
LEAST_SPREAD_SHARE = 0.1


def values(event: Scored, known: dict[str, Value]) -> dict[str, Value]:
    """Compute what follows from the figures already known."""
    if event.kind in STARTED:
        return _amounts(event, known)
    if event.kind == "message.sent":
        return _first_contact(known)
    return {}


def _amounts(event: Scored, known: dict[str, Value]) -> dict[str, Value]:
    amount = event.amount_base_minor
    if amount is None:
        return {}
    found: dict[str, Value] = {"amount": amount}
    for who in ("buyer", "card"):
        average, spread = known.get(f"{who}_amount_avg_30d"), known.get(f"{who}_amount_std_30d")
        if not average:
            continue
        found[f"amount_to_{who}_average"] = amount / float(average)
        if spread is not None:
            usual = max(float(spread), LEAST_SPREAD_SHARE * float(average))
            found[f"amount_{who}_deviations"] = (amount - float(average)) / usual
    return found


def _first_contact(known: dict[str, Value]) -> dict[str, Value]:
    written, answered = known.get("sender_to_recipient_90d"), known.get("recipient_to_sender_90d")
    if written is None or answered is None:
        return {}
    return {"message_first_contact": not written and not answered}
