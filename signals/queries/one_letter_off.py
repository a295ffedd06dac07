"""Every text one slip of the finger away. Looked up by equality, so that finding typos needs no index of its own."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase, digits

SHORTEST, LONGEST = 4, 40
_LETTERS = ascii_lowercase + digits + "-_.@"


def one_letter_off(text: str) -> list[str]:
    """Return what a text may have been meant as: one letter more, less or other, or two neighbours swapped.

    Some 80 for each letter, without the text itself; none for texts under 4 and over 40 letters, of which too many or
    too few others are near.
    """
    if not SHORTEST <= len(text) <= LONGEST:
        return []
    return list(dict.fromkeys(near for near in _near(text) if near != text))


def _near(text: str) -> Iterator[str]:
    letters = [*dict.fromkeys(_LETTERS + text)]
    for at in range(len(text) + 1):
        before, rest = text[:at], text[at:]
        if rest:
            yield before + rest[1:]
        if len(rest) > 1:
            yield before + rest[1] + rest[0] + rest[2:]
        for letter in letters:
            yield before + letter + rest
            if rest:
                yield before + letter + rest[1:]
