"""The event that reports an effect to the console, written once and kept in the ledger with the effect.

It is frozen there because a second version under the same id and time would be a conflict. A member that the
console's table of kinds requires comes from the action's parameters, else from what the marketplace knows of the
target, else it is made up and named in `synthetic`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tscore.marketplace.requests import ActionRequest, utc

ANSWER_DELAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Which members the data of one event type has, besides its first."""

    first: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    names_action: bool = True


_ACCOUNT = Form(first="account")
_LIMITED_ACCOUNT = Form(first="account", may=("until",))
_LISTING = Form(first="listing")
_MESSAGE = Form(first="message")
_PAYMENT = Form(first="payment", needs=("amount",), may=("buyer", "seller", "listing"))
_PAYOUT = Form(first="payout", needs=("account", "payout_account", "amount"))
_TARGET = Form(first="target")

FORMS: Mapping[str, Form] = {
    "account.suspended": _LIMITED_ACCOUNT,
    "account.restricted": _LIMITED_ACCOUNT,
    "account.restored": _ACCOUNT,
    "account.closed": _ACCOUNT,
    "account.updated": Form(first="account", fixed={"changes": [{"field": "password"}]}, names_action=False),
    "session.ended": Form(first="account", needs=("session",)),
    "listing.hidden": _LISTING,
    "listing.shown": _LISTING,
    "listing.removed": _LISTING,
    "message.retracted": _MESSAGE,
    "message.restored": _MESSAGE,
    "payment.cancelled": _PAYMENT,
    "payment.refunded": _PAYMENT,
    "payout.held": _PAYOUT,
    "payout.released": _PAYOUT,
    "dispute.updated": Form(
        first="dispute", needs=("payment", "amount"), fixed={"stage": "represented"}, names_action=False
    ),
    "entity.blocked": _TARGET,
    "entity.unblocked": _TARGET,
}


def report(*, request: ActionRequest, event_type: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Write the event that tells the console about one effect."""
    moment = utc(request.decided_at + ANSWER_DELAY)
    return {
        "specversion": "1.0",
        "id": f"{request.action}/applied",
        "type": event_type,
        "time": moment,
        "recordedtime": moment,
        "data": _data(request, form=FORMS[event_type], known=known),
    }


def _data(request: ActionRequest, *, form: Form, known: Mapping[str, Any]) -> dict[str, Any]:
    kind, target_id = request.target
    data: dict[str, Any] = {form.first: {"kind": kind, "id": target_id} if form.first == "target" else target_id}
    facts = {name: value for name, value in {**known, **request.parameters}.items() if value is not None}
    data.update({name: facts[name] for name in (*form.needs, *form.may) if name in facts})
    invented = [name for name in form.needs if name not in facts]
    data.update({name: _made_up(name, target_id) for name in invented})
    data.update(form.fixed)
    if form.names_action:
        data["action_id"] = request.action
    if invented:
        data["synthetic"] = invented
    return data


def _made_up(member: str, target_id: str) -> Any:
    """Return a stand-in of its own for each target, so that unknown members never tie strangers together."""
    if member == "amount":
        return {"minor": 0, "currency": "EUR"}
    return f"~{target_id}"[:200]
