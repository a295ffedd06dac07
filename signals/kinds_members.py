"""The building blocks of an event kind: what a member of `data` may be. Pure declarations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

THINGS = ("account", "session", "listing", "message", "payment", "payout", "dispute")
ATTRIBUTES = ("device", "ip", "card", "email", "phone", "domain", "address", "payout_account", "image")
ENTITY_KINDS = (*THINGS, *ATTRIBUTES)
# The value of these kinds is personal: stored as an HMAC token, the value itself encrypted beside it.
PERSONAL_KINDS = frozenset({"email", "phone", "address", "ip", "card", "payout_account"})
# `field` of a change -> how its old and new value are held: as a token of that entity kind, as text, or never.
CHANGE_FIELDS = {
    "email": "token",
    "phone": "token",
    "payout_account": "token",
    "name": "text",
    "address": "text",
    "password": "never",
    "factor": "never",
}
TEXT_LIMIT, VALUE_LIMIT, ID_LIMIT, CODE_LIMIT = 20_000, 500, 200, 64
EXTRA_LIMIT_BYTES = 4096


class Shape(StrEnum):
    """The form of one member; each has one msgspec type and one way into the tables."""

    ID = "id"  # the sender's id of an entity
    IDS = "ids"  # several of them
    VALUE = "value"  # a personal value, which becomes a token
    TEXT = "text"  # free text a person wrote
    WORD = "word"  # one of a few words
    CODE = "code"  # a short machine word
    MONEY = "money"
    TIME = "time"
    TARGET = "target"  # {kind, id} of any entity
    CHANGES = "changes"
    CONTEXT = "context"
    NAMES = "names"  # names of members, nothing else
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of `data`: its name, its form, the entity kind it names and the words it allows."""

    name: str
    shape: Shape
    entity: str = ""
    required: bool = True
    words: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def is_entity(self) -> bool:
        """Tell whether the member names an entity (of a kind known only from the value, for a target)."""
        return bool(self.entity) or self.shape is Shape.TARGET


def entity(name: str, kind: str = "", *, required: bool = True) -> Member:
    """Declare a member that names one entity; personal kinds are held as tokens."""
    kind = kind or name
    return Member(name, Shape.VALUE if kind in PERSONAL_KINDS else Shape.ID, kind, required)


def entities(name: str, kind: str, *, required: bool = False) -> Member:
    """Declare a member that names up to 50 entities of one kind."""
    return Member(name, Shape.IDS, kind, required)


def text(name: str, *, required: bool = True) -> Member:
    """Declare a free text: kept in the erasable side table, card numbers masked."""
    return Member(name, Shape.TEXT, "", required)


def word(name: str, *words: str, required: bool = True) -> Member:
    """Declare a member that is one of a few words."""
    return Member(name, Shape.WORD, "", required, words)


def code(name: str, *, required: bool = True, meaning: str = "") -> Member:
    """Declare a short machine word of at most 64 printable characters."""
    return Member(name, Shape.CODE, "", required, (), meaning)


def money(name: str) -> Member:
    """Declare an amount {minor, currency}."""
    return Member(name, Shape.MONEY)


def moment(name: str) -> Member:
    """Declare an optional instant with an offset."""
    return Member(name, Shape.TIME, "", required=False)


TARGET = Member("target", Shape.TARGET)
CHANGES = Member("changes", Shape.CHANGES)
ACTION = Member("action_id", Shape.CODE, required=False, meaning="the action of ours that this is the effect of")
# Every kind takes these.
CONTEXT = Member("context", Shape.CONTEXT, required=False, meaning="where it was done from")
SYNTHETIC = Member("synthetic", Shape.NAMES, required=False, meaning="members that a loader invented")
EXTRA = Member("extra", Shape.EXTRA, required=False, meaning="free members, at most 4 KiB; never a feature")
COMMON = (CONTEXT, SYNTHETIC, EXTRA)
# Entities inside `context`, in the order in which they may stand in for a missing primary entity.
CONTEXT_ENTITIES = {"session": "session", "device": "device", "ip": "ip"}
