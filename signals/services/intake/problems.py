"""Why one item is refused: a code, where, and what to do about it; and msgspec's messages in those words."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_AT = re.compile(r"(?s)^(.*?)(?: - at `\$(.*)`)?$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"(?s)^Object contains unknown field `(.*)`$")
_MISSING = re.compile(r"^Object missing required field `(.*)`$")
_SHOWN = 64

DETAILS = {
    "bad_time": "Write the time by RFC 3339 with an offset, as in 2026-03-01T10:00:00Z.",
    "bad_amount": "Give minor as a whole number from 0 to 2^63-1 and the currency as three capitals.",
    "bad_id": "An id is text of 1 to 200 printable characters without white space.",
    "missing_time": "Give the time with an offset.",
    "missing_id": "Give the item an id of its own; sending it again is then harmless.",
    "missing_type": "Give the type of the item.",
    "missing_data": "Give the members of this kind in data.",
    "item_too_large": "An item holds at most 64 KiB. Shorten its texts.",
    "too_deep": "An item is nested at most 32 levels deep.",
    "malformed_json": "The brackets of this line do not close.",
    "bad_json": "This item is not well-formed JSON.",
    "bad_encoding": "This item is not UTF-8.",
    "duplicate_key": "A member is given twice. Give it once.",
    "not_an_object": "An item is a JSON object.",
    "card_number": "This holds a full card number. Send a token, or the last four digits only.",
    "other_source": "This key may speak for its own source only. Leave source out or use the key's.",
    "id_conflict": "This id was sent before with other content. Give a later recordedtime to correct it.",
    "unknown_event": "We do not hold this event. Send it first, then send the signal again.",
    "unknown_abuse_type": "There is no such abuse type.",
    "own_detector": "This is the name of one of our own detectors. Give yours another name.",
    "unknown_label": "We hold no label of this origin and id.",
    "class_mismatch": "This class means another verdict.",
    "no_entity": "Name at least one of the entities of this kind, or a session, device or ip in context.",
    "secret_value": "Never send a password or a factor, old or new.",
    "bad_extra": "extra is one JSON object of at most 4 KiB.",
    "unstorable": "This item cannot be stored as it is; it is kept for us to look at.",
}

# What the sender should change where the words of a refusal differ from item to item.
_ADVICE = {
    "unknown_field": "Send only the members that are declared for this kind; free ones go under data.extra.",
    "unknown_kind": "Send one of the declared types; the page of the API lists them.",
    "bad_value": "Give each member in its declared form; the letter says which one is not and what was expected.",
    "too_many_items": "Send at most 1,000 items at once.",
    "missing_field": "Give every member that this kind needs; the letter says which one is missing.",
}
CODES = tuple(sorted({*DETAILS, *_ADVICE}))


def advice(code: str) -> str:
    """Return what a sender should change so that items are no longer refused for this reason."""
    return DETAILS.get(code) or _ADVICE.get(code, "Read the reason of each letter.")


class ItemRefused(Exception):
    """This item is not stored."""

    def __init__(self, code: str, pointer: str = "", detail: str = "") -> None:
        self.code, self.pointer, self.detail = code, pointer, detail or DETAILS[code]
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Place:
    """What is known about the place a message speaks of: the names allowed there and the code of a bad value."""

    names: list[str]
    code: str


def split_message(message: str, *, base: str) -> tuple[str, str]:
    """Return what msgspec found and a JSON pointer to it; `base` is the pointer of the text that was decoded."""
    found = _AT.match(message)
    what, path = (found[1], found[2] or "") if found else (message, "")
    steps = [name or index or "-" for name, index in _STEP.findall(path)]
    return what, "".join([base, *(f"/{step[:_SHOWN]}" for step in steps)])


def refusal(what: str, pointer: str, place: Place) -> ItemRefused:
    """Translate one of msgspec's findings."""
    if found := _UNKNOWN.match(what):
        return unknown_field(found[1], pointer, place.names)
    if found := _MISSING.match(what):
        return missing(found[1], f"{pointer}/{found[1]}")
    if place.code in DETAILS:
        return ItemRefused(place.code, pointer)
    return ItemRefused("bad_value", pointer, _expected(what))


def unknown_field(name: str, pointer: str, known: list[str]) -> ItemRefused:
    """Refuse a member that is not declared, naming the nearest one that is."""
    shown = name[:_SHOWN]
    free = " Free members go under data.extra." if pointer.startswith("/data") else ""
    detail = f"There is no member {shown!r} here.{_nearest(shown, known)}{free}"
    return ItemRefused("unknown_field", f"{pointer}/{shown}", detail)


def unknown_kind(name: str, known: list[str]) -> ItemRefused:
    """Refuse a type that is in no table."""
    shown = name[:_SHOWN]
    return ItemRefused("unknown_kind", "/type", f"There is no kind {shown!r}.{_nearest(shown, known)}")


def missing(name: str, pointer: str) -> ItemRefused:
    """Refuse an item that lacks a member."""
    code = f"missing_{name}"
    if code in DETAILS and pointer.count("/") == 1:
        return ItemRefused(code, pointer)
    return ItemRefused("missing_field", pointer, f"Give {name}; it is needed here.")


def _nearest(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {nearest[0]}?" if nearest else ""


def _expected(what: str) -> str:
    if what.startswith("Expected"):
        return what.replace("`", "") + "."
    return "This word is not one of those allowed here." if "enum" in what else f"{what[:200]}."
