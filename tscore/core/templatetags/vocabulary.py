"""How stored words are said and drawn: severity and states. Screens translate words, never invent states."""

from __future__ import annotations

from typing import Final, NamedTuple


class Severity(NamedTuple):
    """One step of the ladder; `level` is also the number of full bars."""

    word: str
    level: int
    label: str
    icon: str


class Status(NamedTuple):
    """One state in words; `tone` is empty, good or bad, and never the only carrier of meaning."""

    label: str
    icon: str
    tone: str = ""


_LADDER: Final = (
    Severity("info", 0, "Info", "info"),
    Severity("low", 1, "Low", "chevron-down"),
    Severity("medium", 2, "Medium", "circle-alert"),
    Severity("high", 3, "High", "triangle-alert"),
    Severity("critical", 4, "Critical", "octagon-alert"),
)
SEVERITIES: Final = {step.word: step for step in _LADDER} | {str(step.level): step for step in _LADDER}

STATUSES: Final = {
    # cases
    "queued": Status("Open", "circle-dashed"),
    "reviewing": Status("In review", "circle-dot"),
    "waiting": Status("Waiting", "clock"),
    "approval": Status("Waiting for approval", "hourglass"),
    "closed": Status("Closed", "circle-check"),
    "escalated": Status("Escalated", "chevrons-up"),
    "snoozed": Status("Snoozed", "clock"),
    "actioned": Status("Actioned", "ban"),
    "cleared": Status("Cleared", "circle-check"),
    "appealed": Status("Appealed", "scale"),
    "overturned": Status("Overturned", "undo-2"),
    # actions
    "proposed": Status("Waiting for approval", "hourglass"),
    "approved": Status("Approved", "check"),
    "held": Status("Held", "timer"),
    "pending": Status("To be sent", "send"),
    "sending": Status("Being sent", "send"),
    "done": Status("Done", "circle-check", "good"),
    "refused": Status("Refused", "circle-slash", "bad"),
    "failed": Status("Failed to apply", "octagon-x", "bad"),
    "unknown": Status("Result not known", "circle-question-mark", "bad"),
    "cancelled": Status("Cancelled", "circle-slash"),
    "compensated": Status("Taken back", "undo-2"),
    # bulk jobs and the cases on their lists
    "bulk_draft": Status("Not started", "circle-dashed"),
    "bulk_running": Status("Running", "circle-dot"),
    "bulk_reversing": Status("Being taken back", "undo-2"),
    "bulk_discarded": Status("Thrown away", "circle-slash"),
    "bulk_listed": Status("Listed", "circle-dashed"),
    "bulk_pending": Status("To be decided", "clock"),
    "bulk_done": Status("Done", "circle-check", "good"),
    "bulk_left": Status("Left as it is", "circle-slash"),
    "bulk_failed": Status("Failed", "octagon-x", "bad"),
    "bulk_reversed": Status("Taken back", "undo-2"),
    # endpoints
    "delivering": Status("Taking actions", "circle-check", "good"),
    "failing": Status("Not taking actions", "octagon-x", "bad"),
    "paused": Status("Paused", "unplug", "bad"),
    "not_set": Status("No address", "circle-slash"),
    # verdicts
    "bad": Status("Violation", "ban"),
    "good": Status("No violation", "circle-check"),
    "unsure": Status("Unsure", "circle-question-mark"),
    "insufficient_evidence": Status("Not enough evidence", "circle-question-mark"),
    "out_of_policy": Status("Outside policy", "circle-slash"),
    "withdrawn": Status("Withdrawn", "undo-2"),
    # entities at the marketplace
    "active": Status("Active", "circle-check"),
    "suspended": Status("Suspended", "ban"),
    "restricted": Status("Restricted", "lock"),
    "hidden": Status("Hidden", "eye-off"),
    "shown": Status("Shown", "eye"),
    "sold": Status("Sold", "store"),
    "ended": Status("Ended", "log-out"),
    "sent": Status("Sent", "send"),
    "authorized": Status("Authorised", "credit-card"),
    "captured": Status("Captured", "credit-card"),
    "refunded": Status("Refunded", "undo-2"),
    "requested": Status("Asked for", "wallet"),
    "released": Status("Released", "lock-open"),
    "paid": Status("Paid out", "wallet"),
    "removed": Status("Removed", "x"),
    "blocked": Status("Blocked", "ban"),
    "retracted": Status("Retracted", "undo-2"),
    # dead letters
    "open": Status("Open", "circle-dashed"),
    "kept": Status("Kept", "circle-dashed"),
    "replayed": Status("Replayed", "circle-check", "good"),
    "dismissed": Status("Dismissed", "circle-slash"),
    "expired": Status("Too old", "clock"),
}


# Kinds of entities whose stored word is not how people say it.
KINDS: Final = {"ip": "IP address", "email": "e-mail address", "payout_account": "payout account"}


def kind(value: object) -> str:
    """Say a kind of entity in words."""
    word = _word(value)
    return KINDS.get(word) or word.replace("_", " ")


def severity(value: object) -> Severity:
    """Find the step for a word or level; raises KeyError for anything else."""
    return SEVERITIES[_word(value)]


def status(value: object) -> Status:
    """Find the words for a state; a state without an entry is shown as its own word rather than hidden."""
    word = _word(value)
    return STATUSES.get(word) or Status(word.replace("_", " ").capitalize() or "Not known", "circle-question-mark")


def _word(value: object) -> str:
    return str(getattr(value, "value", value) if value is not None else "").lower()
