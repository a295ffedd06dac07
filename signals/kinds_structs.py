"""msgspec types and decoders made from the table of kinds: what an item must look like before anything is stored."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signals.kinds import KINDS, Kind
from signals.kinds_members import (
    CHANGE_FIELDS,
    CODE_LIMIT,
    ENTITY_KINDS,
    ID_LIMIT,
    TEXT_LIMIT,
    VALUE_LIMIT,
    Member,
    Shape,
)

Identifier = Annotated[str, Meta(min_length=1, max_length=ID_LIMIT)]
Value = Annotated[str, Meta(min_length=1, max_length=VALUE_LIMIT)]
Text = Annotated[str, Meta(max_length=TEXT_LIMIT)]
Code = Annotated[str, Meta(min_length=1, max_length=CODE_LIMIT)]
Instant = Annotated[datetime, Meta(tz=True)]
Minor = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Money(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An amount in minor units of its currency."""

    minor: Minor
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class EntityRef(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An entity named by kind and id."""

    kind: Literal[ENTITY_KINDS]  # type: ignore[valid-type]
    id: Value


class Change(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What changed about an account. Old and new value are never given for a password or a factor."""

    field: Literal[tuple(CHANGE_FIELDS)]  # type: ignore[valid-type]
    old: Text | UnsetType = UNSET
    new: Text | UnsetType = UNSET


class Context(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Where something was done from."""

    session: Identifier | UnsetType = UNSET
    device: Identifier | UnsetType = UNSET
    ip: Value | UnsetType = UNSET
    user_agent: Text | UnsetType = UNSET
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | UnsetType = UNSET


_TYPES: dict[Shape, Any] = {
    Shape.ID: Identifier,
    Shape.IDS: Annotated[list[Identifier], Meta(max_length=50)],
    Shape.VALUE: Value,
    Shape.TEXT: Text,
    Shape.CODE: Code,
    Shape.MONEY: Money,
    Shape.TIME: Instant,
    Shape.TARGET: EntityRef,
    Shape.CHANGES: Annotated[list[Change], Meta(min_length=1, max_length=20)],
    Shape.CONTEXT: Context,
    Shape.NAMES: Annotated[list[Code], Meta(max_length=50)],
    Shape.EXTRA: msgspec.Raw,
}


class Envelope(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A CloudEvents 1.0 item in structured JSON; `data` stays raw until its kind is known."""

    id: Identifier
    type: str
    time: Instant
    data: msgspec.Raw
    recordedtime: Instant | UnsetType = UNSET
    source: str | UnsetType = UNSET
    specversion: Literal["1.0"] | UnsetType = UNSET
    datacontenttype: Literal["application/json"] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    dataschema: str | UnsetType = UNSET


ENVELOPE = msgspec.json.Decoder(Envelope)


@cache
def struct(kind: Kind) -> type[msgspec.Struct]:
    """Build the type of one kind's `data`."""
    name = "".join(part.title() for part in kind.name.replace("_", ".").split("."))
    fields = [_field(member) for member in kind.by_name.values()]
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True, module=__name__, gc=False)


def _field(member: Member) -> tuple[str, Any, Any] | tuple[str, Any]:
    shape = Literal[member.words] if member.shape is Shape.WORD else _TYPES[member.shape]
    return (member.name, shape) if member.required else (member.name, shape | UnsetType, UNSET)


DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(struct(kind)) for name, kind in KINDS.items()
}


_BAD = {
    Shape.ID: "bad_id",
    Shape.IDS: "bad_id",
    Shape.MONEY: "bad_amount",
    Shape.TIME: "bad_time",
    Shape.EXTRA: "bad_extra",
}
_ENVELOPE_BAD = {"id": "bad_id", "time": "bad_time", "recordedtime": "bad_time"}
_NESTED: dict[Shape, type[msgspec.Struct]] = {
    Shape.MONEY: Money,
    Shape.TARGET: EntityRef,
    Shape.CHANGES: Change,
    Shape.CONTEXT: Context,
}


def names_at(kind: Kind | None, pointer: str) -> list[str]:
    """Return the member names known where a JSON pointer such as `/data/context` leads."""
    steps = pointer.split("/")[1:]
    if kind is None or not steps:
        return list(Envelope.__struct_fields__)
    member = kind.by_name.get(steps[1]) if len(steps) > 1 else None
    inner = _NESTED.get(member.shape) if member else None
    return list(inner.__struct_fields__) if inner else list(kind.by_name)


def code_at(kind: Kind | None, pointer: str) -> str:
    """Return the code of a bad value where a JSON pointer leads."""
    steps = pointer.split("/")[1:]
    if kind is None or len(steps) < 2:
        return _ENVELOPE_BAD.get(steps[0], "bad_value") if steps else "not_an_object"
    member = kind.by_name.get(steps[1])
    if member and member.shape is Shape.CONTEXT and steps[-1] in {"session", "device"}:
        return "bad_id"
    return _BAD.get(member.shape, "bad_value") if member else "bad_value"
