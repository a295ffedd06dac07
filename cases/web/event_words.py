"""How events are said on screen: words and icon by kind, the one detail worth a line, whether it is a risky change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from cases.action_kinds import KINDS
from cases.queries.doings import Doing
from cases.queries.names import EntityName
from cases.queries.what import EventView
from tscore.core.templatetags.console import money


class Words(NamedTuple):
    """What happened, in our own words; `risky` marks changes that a takeover often brings."""

    what: str
    icon: str
    risky: bool = False


WORDS: Final = {
    "account.created": Words("Joined", "user"),
    "account.updated": Words("Changed details", "settings", risky=True),
    "account.suspended": Words("Account locked", "ban"),
    "account.restricted": Words("Account limited", "lock"),
    "account.restored": Words("Account restored", "lock-open"),
    "account.closed": Words("Account closed", "x"),
    "login.succeeded": Words("Signed in", "key-round"),
    "login.failed": Words("Sign-in failed", "octagon-x"),
    "session.ended": Words("Session ended", "log-out"),
    "listing.created": Words("Listed", "package"),
    "listing.updated": Words("Changed a listing", "package"),
    "listing.hidden": Words("Listing hidden", "eye-off"),
    "listing.shown": Words("Listing shown", "eye"),
    "listing.removed": Words("Listing removed", "x"),
    "listing.sold": Words("Sold", "store"),
    "message.sent": Words("Message", "message-square"),
    "message.retracted": Words("Message taken back", "undo-2"),
    "message.restored": Words("Message restored", "message-square"),
    "payment.authorized": Words("Payment authorised", "credit-card"),
    "payment.captured": Words("Paid", "credit-card"),
    "payment.refused": Words("Payment refused", "circle-slash"),
    "payment.cancelled": Words("Payment cancelled", "x"),
    "payment.refunded": Words("Payment refunded", "undo-2"),
    "payout.requested": Words("Payout asked for", "wallet", risky=True),
    "payout.held": Words("Payout held", "lock"),
    "payout.released": Words("Payout released", "lock-open"),
    "payout.paid": Words("Paid out", "wallet"),
    "dispute.opened": Words("Disputed", "gavel", risky=True),
    "dispute.updated": Words("Dispute changed", "gavel"),
    "dispute.closed": Words("Dispute closed", "gavel"),
    "report.created": Words("Reported", "flag", risky=True),
    "entity.blocked": Words("Blocked", "ban"),
    "entity.unblocked": Words("Unblocked", "lock-open"),
    "appeal.created": Words("Appealed", "scale"),
}
CHANGED: Final = {
    "email": "e-mail",
    "phone": "phone",
    "password": "password",
    "factor": "second factor",
    "payout_account": "payout account",
    "address": "address",
    "name": "name",
}
RISKY_FIELDS: Final = frozenset({"email", "phone", "password", "factor", "payout_account"})
# Parts that are said elsewhere on the line or mean nothing to a reader.
SILENT: Final = frozenset({"context.country", "thread", "category", "action_id", "method", "stage"})


@dataclass(frozen=True, slots=True)
class Line:
    """One event as lists show it; `detail` was written by strangers."""

    id: int
    at: datetime
    what: str
    detail: str
    icon: str
    risky: bool
    flagged: bool
    named: list[tuple[str, EntityName]]
    url: str = ""


def line(event: EventView) -> Line:
    """Say one event."""
    words = WORDS.get(event.kind) or Words(event.kind.replace(".", " ").capitalize(), "hash")
    fields = changed_fields(event)
    what = f"Changed {', '.join(CHANGED.get(name, name) for name in fields)}" if fields else words.what
    return Line(
        id=event.id,
        at=event.occurred_at,
        what=what,
        detail=detail(event),
        icon=words.icon,
        risky=bool(RISKY_FIELDS.intersection(fields)) if fields else words.risky,
        flagged=event.is_trigger,
        named=event.entities,
    )


def doing(done: Doing) -> Line:
    """Say what was decided, done or stated about the subject."""
    match done.what:
        case "decision":
            what, icon, detail = f"Decided: {done.word.replace('_', ' ')}", "gavel", done.about
        case "action":
            what, icon, detail = f"Action: {KINDS[done.word].done_sentence}", "send", done.about
        case _:
            what, icon, detail = f"Labelled {done.word}", "tags", f"by {done.about}"
    return Line(id=0, at=done.at, what=what, detail=detail, icon=icon, risky=False, flagged=False, named=[])


def changed_fields(event: EventView) -> list[str]:
    """Return the names of the details an `account.updated` changed."""
    return [value for path, value in event.fields if path.startswith("changes.") and path.endswith(".field")]


def detail(event: EventView) -> str:
    """Return the one line that tells this event from others of its kind."""
    parts = [amount(event), *_parts(event), *(text for _, text in _texts(event))]
    return " · ".join(part for part in parts if part)


def amount(event: EventView) -> str:
    """Return the event's amount in its own currency, or nothing."""
    fields = dict(event.fields)
    for member in ("amount", "price"):
        minor = fields.get(f"{member}.minor")
        if minor is not None and minor.isascii() and minor.isdigit():
            return money(minor, fields.get(f"{member}.currency", ""))
    return ""


def field(event: EventView, path: str) -> str:
    """Return one part of an event, or nothing."""
    return dict(event.fields).get(path, "")


def _parts(event: EventView) -> Iterable[str]:
    for path, value in event.fields:
        if path in SILENT or path.startswith(("changes.", "amount.", "price.", "synthetic")):
            continue
        yield f"{path.replace('_', ' ')} {value}"


def _texts(event: EventView) -> list[tuple[str, str]]:
    said = [one for one in event.texts if one[0] not in ("extra", "context.user_agent", "user_agent")]
    return sorted(said, key=lambda one: one[0] != "title")
