"""THE table of event kinds: members, entities, actor, texts and derived state. Adding a kind is adding rows here.

The first member is the primary entity where it names one. Links go from the primary entity to each other entity and
from the actor to each attribute; their kind is the member's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from signals.kinds_members import (
    ACTION,
    CHANGES,
    COMMON,
    TARGET,
    Member,
    Shape,
    code,
    entities,
    entity,
    moment,
    money,
    text,
    word,
)


@dataclass(frozen=True)
class Kind:
    """One event kind. `state` is what the primary entity becomes; None leaves it as it is."""

    name: str
    members: tuple[Member, ...]
    actor: str | None = None
    state: str | None = None

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """Return every member, the common ones included, by name."""
        return {member.name: member for member in (*self.members, *COMMON)}

    @cached_property
    def primary(self) -> str | None:
        """Return the name of the first member where it names an entity."""
        return self.members[0].name if self.members[0].is_entity else None

    @cached_property
    def text_members(self) -> tuple[str, ...]:
        """Return the names of the top-level free texts."""
        return tuple(member.name for member in self.members if member.shape is Shape.TEXT)

    @cached_property
    def entity_members(self) -> dict[str, str]:
        """Return entity kind by member name ("" for a target, whose kind stands in the value)."""
        return {member.name: member.entity for member in self.members if member.is_entity}

    @cached_property
    def personal_members(self) -> tuple[str, ...]:
        """Return the names of the members that hold personal values."""
        return tuple(member.name for member in self.members if member.shape is Shape.VALUE)


_METHODS = ("password", "passkey", "otp", "oidc", "recovery")
_FAILURES = ("wrong_password", "unknown_user", "locked", "factor")
_STAGES = ("alert", "inquiry", "chargeback", "represented", "won", "lost")

_LOGIN = (
    entity("account", required=False),
    text("username_typed", required=False),
    word("method", *_METHODS, required=False),
    word("failure", *_FAILURES, required=False),
)
_ACCOUNT_STATE = (entity("account"), ACTION, moment("until"))
_LISTING = (
    entity("listing"),
    entity("seller", "account"),
    text("title"),
    text("description"),
    code("category"),
    money("price"),
    entities("images", "image"),
)
_LISTING_STATE = (entity("listing"), ACTION, entity("buyer", "account", required=False))
_MESSAGE = (
    entity("message"),
    entity("sender", "account", required=False),
    entity("recipient", "account", required=False),
    code("thread", required=False),
    entity("listing", required=False),
    entities("images", "image"),
)
_PAYMENT = (
    entity("payment"),
    entity("buyer", "account", required=False),
    entity("seller", "account", required=False),
    entity("listing", required=False),
    money("amount"),
    entity("card", required=False),
    entity("email", required=False),
    code("bin", required=False, meaning="the first six to eight digits of the card"),
    code("avs", required=False, meaning="answer of the address check"),
    code("cvc", required=False, meaning="answer of the security code check"),
    code("three_ds", required=False, meaning="outcome of 3-D Secure"),
    entity("shipping_address", "address", required=False),
    code("refusal", required=False, meaning="why the payment was refused"),
    ACTION,
)
_PAYOUT = (entity("payout"), entity("account"), entity("payout_account"), money("amount"), ACTION)
_DISPUTE = (
    entity("dispute"),
    entity("payment"),
    word("stage", *_STAGES),
    code("reason_code", required=False),
    money("amount"),
    moment("due_by"),
)
_BLOCK = (TARGET, code("action_id"))

_TABLE = (
    Kind(
        "account.created",
        (
            entity("account"),
            entity("email", required=False),
            entity("phone", required=False),
            text("name", required=False),
            entity("address", required=False),
        ),
        actor="account",
        state="active",
    ),
    Kind("account.updated", (entity("account"), CHANGES), actor="account"),
    Kind("account.suspended", _ACCOUNT_STATE, state="suspended"),
    Kind("account.restricted", _ACCOUNT_STATE, state="restricted"),
    Kind("account.restored", _ACCOUNT_STATE, state="active"),
    Kind("account.closed", _ACCOUNT_STATE, state="closed"),
    Kind("login.succeeded", _LOGIN, actor="account"),
    Kind("login.failed", _LOGIN, actor="account"),
    Kind("session.ended", (entity("session"), entity("account"), ACTION), state="ended"),
    Kind("listing.created", _LISTING, actor="seller", state="shown"),
    Kind("listing.updated", _LISTING, actor="seller"),
    Kind("listing.hidden", _LISTING_STATE, state="hidden"),
    Kind("listing.shown", _LISTING_STATE, state="shown"),
    Kind("listing.removed", _LISTING_STATE, state="removed"),
    Kind("listing.sold", _LISTING_STATE, state="sold"),
    Kind("message.sent", (*_MESSAGE, text("text"), ACTION), actor="sender", state="sent"),
    Kind("message.retracted", (*_MESSAGE, ACTION), actor="sender", state="retracted"),
    Kind("message.restored", (*_MESSAGE, ACTION), actor="sender", state="sent"),
    Kind("payment.authorized", _PAYMENT, actor="buyer", state="authorized"),
    Kind("payment.captured", _PAYMENT, actor="buyer", state="captured"),
    Kind("payment.refused", _PAYMENT, actor="buyer", state="refused"),
    Kind("payment.cancelled", _PAYMENT, actor="buyer", state="cancelled"),
    Kind("payment.refunded", _PAYMENT, actor="buyer", state="refunded"),
    Kind("payout.requested", _PAYOUT, actor="account", state="requested"),
    Kind("payout.held", _PAYOUT, actor="account", state="held"),
    Kind("payout.released", _PAYOUT, actor="account", state="released"),
    Kind("payout.paid", _PAYOUT, actor="account", state="paid"),
    Kind("dispute.opened", _DISPUTE, state="open"),
    Kind("dispute.updated", _DISPUTE, state="open"),
    Kind("dispute.closed", _DISPUTE, state="closed"),
    Kind(
        "report.created",
        (TARGET, entity("reporter", "account", required=False), code("reason"), text("text", required=False)),
        actor="reporter",
    ),
    Kind("entity.blocked", _BLOCK, state="blocked"),
    Kind("entity.unblocked", _BLOCK, state=""),
    Kind("appeal.created", (code("action_id"), entity("appellant", "account"), text("text")), actor="appellant"),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _TABLE}
