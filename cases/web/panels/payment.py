"""Payments and chargebacks: how it was paid, what is disputed until when, and what can still be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cases.queries.around import payment as around
from cases.queries.around.payment import Party, Shared
from cases.queries.event_views import EventView
from cases.queries.names import EntityName
from cases.queries.what import What
from cases.web import event_words
from cases.web.panels.parts import NOT_KNOWN, Fact, Panel, counted, events, ids, known, state, tally, text, who
from tscore.core.templatetags.console import money

LATER: Final = ("Buyer's history", "Seller's history", "Same card", "Same device", "Seller's payouts not paid yet")
_STOPPABLE: Final = {
    "authorized": "yes: capture can be cancelled",
    "captured": "no: can only be refunded",
    "refused": "nothing to stop",
    "cancelled": "nothing to stop",
    "refunded": "nothing to stop",
}


def build(what: What) -> Panel:
    """Show the flagged payment with its checks, the others beside it, and disputes."""
    payments, disputes = events(what, "payment."), events(what, "dispute.")
    flagged = _flagged(what)
    facts = [
        Fact("Amount", event_words.amount(flagged) if flagged else NOT_KNOWN),
        Fact("Payment now", state(who(flagged, "payment")), at=flagged.occurred_at if flagged else None),
        Fact("Can be stopped", _stoppable(who(flagged, "payment"))),
        Fact("Instrument", _instrument(flagged)),
        Fact("Address, code, 3-D Secure", _checks(flagged)),
        Fact("Billing address", NOT_KNOWN),
        Fact("Ships to", _masked(who(flagged, "shipping_address"))),
        Fact("Paid from", _place(flagged)),
        Fact("Delivery", NOT_KNOWN),
        Fact("Buyer", known(text(flagged, "buyer"))),
        Fact("Seller", known(text(flagged, "seller"))),
        Fact("Payments here", tally(event.kind.partition(".")[2] for event in payments) or "none"),
        Fact("Cards used", str(len(ids(who(event, "card") for event in payments)) or NOT_KNOWN)),
        Fact("Disputes", _disputes(disputes), changed=bool(disputes)),
    ]
    return Panel("Payment", facts)


def later(what: What) -> list[Fact]:
    """Return what buyer, seller, card and device did besides."""
    flagged = _flagged(what)
    names = {role: who(flagged, role) for role in ("payment", "buyer", "seller", "card", "device")}
    found = around.read({role: name.id for role, name in names.items() if name})
    owed = f"{money(found.unpaid_minor, 'EUR')} in {counted(found.unpaid, 'payout')}" if found.unpaid else "none"
    return [
        Fact(LATER[0], _party(found.buyer)),
        Fact(LATER[1], _party(found.seller)),
        Fact(LATER[2], _shared(found.card)),
        Fact(LATER[3], _shared(found.device)),
        Fact(LATER[4], owed if names["seller"] else NOT_KNOWN, changed=bool(found.unpaid)),
    ]


def _flagged(what: What) -> EventView | None:
    payments = [event for event in what.evidence if event.kind.startswith("payment.")]
    return next((event for event in payments if event.is_trigger), payments[0] if payments else None)


def _stoppable(payment: EntityName | None) -> str:
    return _STOPPABLE.get(payment.state, NOT_KNOWN) if payment else NOT_KNOWN


def _instrument(event: EventView | None) -> str:
    card, bin_ = who(event, "card"), event_words.field(event, "bin") if event else ""
    parts = (f"card {card.masked}" if card else "", f"BIN {bin_}" if bin_ else "")
    return known(", ".join(part for part in parts if part))


def _masked(name: EntityName | None) -> str:
    return name.masked if name else NOT_KNOWN


def _place(event: EventView | None) -> str:
    country = event_words.field(event, "context.country") if event else ""
    return known(" ".join(part for part in (text(event, "ip"), country) if part))


def _checks(event: EventView | None) -> str:
    if event is None:
        return NOT_KNOWN
    return " · ".join(known(event_words.field(event, path)) for path in ("avs", "cvc", "three_ds"))


def _disputes(disputes: Sequence[EventView]) -> str:
    words = [_dispute(event) for event in disputes[:3]]
    return f"{len(disputes)}: {'; '.join(words)}" if disputes else "none"


def _dispute(event: EventView) -> str:
    due = event_words.field(event, "due_by")
    parts = (
        event_words.field(event, "stage"),
        event_words.field(event, "reason_code"),
        f"by {due[:10]}" if due else "",
    )
    return " ".join(part for part in parts if part)


def _party(party: Party | None) -> str:
    if party is None:
        return NOT_KNOWN
    counts = ", ".join(
        (
            counted(party.paid, "payment"),
            f"{party.refused} refused",
            f"{party.refunded} refunded",
            f"{party.disputed} disputed",
        )
    )
    return f"{counts}; first seen {party.since:%-d %b %Y}"


def _shared(shared: Shared | None) -> str:
    if shared is None:
        return NOT_KNOWN
    others = f"{counted(shared.payments, 'other payment')} by {counted(shared.buyers, 'buyer')}"
    return others if shared.payments else "no other payment"
