"""Text that JSON carries and a database does not: NUL and lone surrogates become U+FFFD; keys given twice are found."""

from __future__ import annotations

import json
import re
from typing import Any

REPLACEMENT = "\ufffd"
_REPLACED = REPLACEMENT.encode()
# An escape, whole; surrogates in pairs first, so that only lone ones are left for the last branch.
_PAIR = rb"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rb"\\(?:" + _PAIR + rb"|(u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL)
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# Surrogates written straight into UTF-8, which is not UTF-8.
_RAW_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


class KeyTwice(ValueError):
    """A member is given twice."""


def repair(raw: bytes) -> tuple[bytes, bool]:
    """Replace NUL and lone surrogates, escaped or raw; say whether there were any."""
    if b"\x00" not in raw and not _SUSPECT.search(raw) and (raw.isascii() or not _RAW_SURROGATE.search(raw)):
        return raw, False
    fixed = _ESCAPE.sub(lambda found: _REPLACED if found[1] else found[0], raw)
    fixed = _RAW_SURROGATE.sub(_REPLACED, fixed).replace(b"\x00", _REPLACED)
    return fixed, fixed != raw


def blanked(raw: bytes) -> bytes:
    """Write question marks over what `repair` replaces, so that the text can be read and every position stays."""
    fixed = _ESCAPE.sub(lambda found: b"?" * len(found[0]) if found[1] else found[0], raw)
    return _RAW_SURROGATE.sub(b"???", fixed).replace(b"\x00", b"?")


def has_key_twice(text: str) -> bool:
    """Tell whether an object of well-formed JSON names a member twice, however the name is escaped."""
    try:
        _PAIRS.decode(text)
    except KeyTwice:
        return True
    return False


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise KeyTwice


# Numbers stay text: a 400-digit integer costs nothing.
_PAIRS = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)
