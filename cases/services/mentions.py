"""Who is called by `@Name` in a text. Pure: the people who may be called are given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tscore.core import untrusted

# The sign of an e-mail address or of a path calls nobody.
_CALL: Final = r"(?<![\w.+\-@/])@"
_ANY: Final = re.compile(_CALL + r"(\w(?:[\w.\-']{0,38}\w)?)")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The people called, and the words after an `@` that are no name of anybody who may be called."""

    person_ids: list[int]
    unknown: list[str]


def read(text: str, people: Iterable[tuple[int, str]]) -> Mentions:
    """Return who is called in a text, whatever the case of the letters; the longest name that fits counts.

    Args:
        people: id and name of each who may be called; two of one name are both called.
    """
    text, ids_of = unicodedata.normalize("NFC", text), _by_name(people)
    names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in sorted(ids_of, key=len, reverse=True))
    found = list(re.finditer(rf"{_CALL}({names})(?!\w)", text, re.IGNORECASE)) if names else []
    found = [match for match in found if _folded(match[1]) in ids_of]
    called = [pk for match in found for pk in ids_of[_folded(match[1])]]
    known = {match.start() for match in found}
    others = [match[1] for match in _ANY.finditer(text) if match.start() not in known]
    return Mentions(list(dict.fromkeys(called)), [untrusted.plain(word) for word in dict.fromkeys(others)])


def _by_name(people: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for pk, name in people:
        if folded := _folded(name):
            found.setdefault(folded, []).append(pk)
    return found


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().split())
