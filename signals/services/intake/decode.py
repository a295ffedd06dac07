"""From the bytes of one item to a checked structure of its kind, or a typed refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import msgspec

from signals.features.identifiers import contains_card
from signals.kinds import KINDS, Kind
from signals.kinds_members import ID_LIMIT
from signals.kinds_structs import DECODERS, ENVELOPE, Envelope, Identifier, code_at, names_at
from signals.services.intake import problems
from signals.services.intake.problems import ItemRefused, Place
from signals.services.intake.repair import REPLACEMENT, has_key_twice, repair
from signals.services.intake.scan import ITEM_LIMIT, Scanned, is_closed

OLDEST, NEWEST = 1970, 9000
_EXTENSION = re.compile("[a-z0-9]{1,20}")


@dataclass(slots=True)
class Decoded:
    """One item whose members are all of the declared form. Times are UTC."""

    external_id: str
    kind: Kind
    occurred_at: datetime
    observed_at: datetime
    data: Any
    replaced: bool
    source: str | None


def decode(item: Scanned) -> Decoded:
    """Decode one event.

    Raises:
        ItemRefused: with the first thing that is wrong.
    """
    envelope, replaced = open_envelope(item)
    kind = KINDS.get(envelope.type)
    if kind is None:
        raise problems.unknown_kind(envelope.type, list(KINDS))
    data = typed(DECODERS[kind.name].decode, envelope.data, base="/data", place=lambda at: place_of(kind, at))
    occurred_at = utc(envelope.time, "/time")
    observed_at = utc(envelope.recordedtime, "/recordedtime") if envelope.recordedtime else occurred_at
    source = envelope.source if envelope.source is not msgspec.UNSET else None
    return Decoded(envelope.id, kind, occurred_at, observed_at, data, replaced, source)


def open_envelope(item: Scanned) -> tuple[Envelope, bool]:
    """Read the outer members, whatever the type; say whether characters were replaced."""
    if item.problem:
        raise item.problem
    raw, replaced = repair(item.raw)
    text = utf8(raw)
    envelope = typed(_envelope, raw, base="", place=lambda at: place_of(None, at))
    if has_key_twice(text):
        raise ItemRefused("duplicate_key")
    require_id(envelope.id, "/id")
    return envelope, replaced


def _envelope(raw: bytes) -> Envelope:
    """Decode the outer members; attributes of CloudEvents extensions, which we do not use, are left out."""
    try:
        return ENVELOPE.decode(raw)
    except msgspec.ValidationError:
        members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        used = {name: value for name, value in members.items() if not _is_extension(name)}
        if len(used) == len(members):
            raise
        return ENVELOPE.decode(msgspec.json.encode(used))


def _is_extension(name: str) -> bool:
    """Tell whether a name is that of an extension, and not a slip in one of ours."""
    known = Envelope.__struct_fields__
    return name not in known and bool(_EXTENSION.fullmatch(name)) and not get_close_matches(name, known, 1, 0.75)


def utf8(raw: bytes) -> str:
    """Return the text of an item; msgspec itself looks only at the strings it reads."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ItemRefused("bad_encoding") from None


def find_id(raw: bytes) -> str:
    """Return the id of an item that was refused, where one can be read."""
    try:
        value = msgspec.json.decode(repair(raw)[0], type=dict[str, msgspec.Raw] if len(raw) <= ITEM_LIMIT else None)
        found = require_id(msgspec.json.decode(value["id"], type=Identifier), "/id")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, ItemRefused):
        return ""
    return "" if contains_card(found) else found


def require_id(value: str, pointer: str) -> str:
    """Return an id that is printable and without white space, or refuse the item."""
    if not value.isprintable() or " " in value or REPLACEMENT in value or not 1 <= len(value) <= ID_LIMIT:
        raise ItemRefused("bad_id", pointer)
    return value


def utc(moment: Any, pointer: str) -> datetime:
    """Return an instant in UTC, refusing years that no table and no clock of ours can hold."""
    if not OLDEST <= moment.year <= NEWEST:
        raise ItemRefused("bad_time", pointer, f"Give a time between the years {OLDEST} and {NEWEST}.")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)  # type: ignore[no-any-return]


def place_of(kind: Kind | None, pointer: str) -> Place:
    """Say what is known about a place in an item of this kind, or in its envelope."""
    return Place(names_at(kind, pointer), code_at(kind, pointer))


def typed(decode_: Callable[[Any], Any], raw: Any, *, base: str, place: Callable[[str], Place]) -> Any:
    """Decode a text that begins at the pointer `base`, or refuse the item in our words."""
    try:
        return decode_(raw)
    except msgspec.ValidationError as error:
        what, pointer = problems.split_message(str(error), base=base)
        raise problems.refusal(what, pointer, place(pointer)) from None
    except UnicodeDecodeError:
        raise ItemRefused("bad_encoding", base) from None
    except (msgspec.DecodeError, RecursionError):
        closed = bool(base) or is_closed(bytes(raw))
        raise ItemRefused("bad_json" if closed else "malformed_json", base) from None
