"""What the marketplace can do: one table of action kinds, and how a thing stands before anybody touched it."""

from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("account", "session", "listing", "message", "payment", "payout", "dispute")
ATTRIBUTES = ("device", "ip", "card", "email", "phone", "domain", "address", "payout_account", "image")
ANY = frozenset(PARTS + ATTRIBUTES)

Value = str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing the marketplace can do to a target.

    `inverse` names the kind that takes it back; `event` the event that reports it; a `final` change cannot be
    followed by another change of the same member.
    """

    on: frozenset[str]
    changes: Mapping[str, Value]
    event: str | None
    inverse: str | None = None
    final: bool = False


def _kind(on: str, event: str | None, inverse: str | None = None, *, final: bool = False, **changes: Value) -> Kind:
    """Write one row of the table with the kind of target as a plain word."""
    return Kind(on=frozenset({on}), changes=changes, event=event, inverse=inverse, final=final)


KINDS: Mapping[str, Kind] = {
    "account.suspend": _kind("account", "account.suspended", "account.restore", standing="suspended"),
    "account.restrict": _kind("account", "account.restricted", "account.restore", standing="restricted"),
    "account.restore": _kind("account", "account.restored", standing="active"),
    "account.close": _kind("account", "account.closed", final=True, standing="closed"),
    "account.revoke_sessions": _kind("account", "session.ended", sessions="ended"),
    "account.reset_password": _kind("account", "account.updated", password="reset"),
    "account.warn": _kind("account", None, warned=True),
    "listing.hide": _kind("listing", "listing.hidden", "listing.show", state="hidden"),
    "listing.show": _kind("listing", "listing.shown", state="visible"),
    "listing.remove": _kind("listing", "listing.removed", final=True, state="removed"),
    "message.retract": _kind("message", "message.retracted", "message.restore", state="retracted"),
    "message.restore": _kind("message", "message.restored", state="sent"),
    "message.warn_recipients": _kind("message", None, recipients_warned=True),
    "payment.cancel": _kind("payment", "payment.cancelled", final=True, state="cancelled"),
    "payment.refund": _kind("payment", "payment.refunded", final=True, state="refunded"),
    "payout.hold": _kind("payout", "payout.held", "payout.release", state="held"),
    "payout.release": _kind("payout", "payout.released", state="released"),
    "dispute.contest": _kind("dispute", "dispute.updated", final=True, stage="represented"),
    "entity.block": Kind(on=ANY, changes={"blocked": True}, event="entity.blocked", inverse="entity.unblock"),
    "entity.unblock": Kind(on=ANY, changes={"blocked": False}, event="entity.unblocked"),
}

INVERSES = frozenset(kind.inverse for kind in KINDS.values() if kind.inverse)

DEFAULTS: Mapping[str, Mapping[str, Value]] = {
    "account": {"standing": "active", "sessions": "open", "password": "kept", "warned": False},
    "listing": {"state": "visible"},
    "message": {"state": "sent", "recipients_warned": False},
    "payment": {"state": "authorized"},
    "payout": {"state": "requested"},
    "dispute": {"stage": "chargeback"},
}


def untouched(target_kind: str) -> dict[str, Value]:
    """Return how a target of this kind stands before the first effect."""
    return {**DEFAULTS.get(target_kind, {}), "blocked": False}
