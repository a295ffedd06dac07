"""Opaque public ids; in a demo world they follow from its seed, elsewhere they are random."""

import secrets

from django.conf import settings

from tscore.core import keyed

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_GROUP = 2**40 - 1  # eight characters at a time


def base32(number: int, *, length: int = 1) -> str:
    """Return the number in base 32, padded to at least `length` characters."""
    groups = []
    while number:
        low = number & _GROUP
        groups.append(_PAIRS[low >> 30] + _PAIRS[low >> 20 & 1023] + _PAIRS[low >> 10 & 1023] + _PAIRS[low & 1023])
        number >>= 40
    return "".join(groups[::-1]).lstrip("0").rjust(length, "0")


def parse_base32(text: str) -> int | None:
    """Return the number that `base32` wrote, or None where the text is no such number of at most 63 bits."""
    number = 0
    for character in text:
        position = ALPHABET.find(character)
        if position < 0:
            return None
        number = number * 32 + position
    return number if text and number < 2**63 else None


def row_ref(prefix: str, pk: int) -> str:
    """Return the public word for a row of evidence, as in `ev_9k2`."""
    return f"{prefix}_{base32(pk, length=4)}"


def parse_row_ref(prefix: str, ref: str) -> int | None:
    """Return the row id behind a public word, or None."""
    return parse_base32(ref.removeprefix(prefix + "_")) if ref.startswith(prefix + "_") else None


def keyed_ref(prefix: str, *parts: str) -> str:
    """Return an opaque word of 75 bits that always follows from the same parts and the installation's key."""
    digest = keyed.digest("\x1f".join(("ref", prefix, *parts)).encode())
    return f"{prefix}_{base32(int.from_bytes(digest[:12]) % 32**15, length=15)}"


def new_id(prefix: str, *parts: str) -> str:
    """Return a new public id: from the seed and the parts in a demo world, else random (100 bits)."""
    if settings.DEMO_SEED and parts:
        return keyed_ref(prefix, *parts)
    return f"{prefix}_{base32(secrets.randbits(100), length=20)}"


def new_pseudonym() -> str:
    """Return a fresh outside name for a reviewer."""
    return f"rv_{base32(secrets.randbits(40), length=8)}"
