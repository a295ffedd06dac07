"""What a person typed into the search box, read into words and fields. Pure; every text can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from cases.enums import CaseState
from signals.enums import Severity
from signals.features.identifiers import contains_card, parse_ip
from signals.kinds_members import ENTITY_KINDS
from signals.models.personal import SEARCHED_MEMBERS

STATES: Final = ("open", *CaseState.values)
# Field -> the words it takes; none: whatever names an entity of that kind, or a queue.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("case", *ENTITY_KINDS),
    "in": SEARCHED_MEMBERS,
    "severity": tuple(Severity.values),
    "state": STATES,
    "queue": (),
    **dict.fromkeys(ENTITY_KINDS, ()),
}
CASE_FIELDS: Final = ("queue", "severity", "state")
_TOKEN: Final = re.compile(r'(-?)(?:([A-Za-z_]+):(?!//))?(?:"([^"]*)"?|(\S+))')
_MAIL: Final = re.compile(r"\S+@\S+\.\S+")
_PHONE: Final = re.compile(r"\+?[\d ()/.-]{7,20}")
_DOMAIN: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24}")


@dataclass(slots=True)
class Asked:
    """A question in parts. `fields` hold only known fields with words they take; `notes` say what was left out."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Tell whether there are words only, which may be an id as a whole."""
        return not (self.fields or self.phrases or self.without or self.notes)

    @property
    def about_cases(self) -> bool:
        """Tell whether cases are asked for by what only cases have."""
        return any(name in self.fields for name in CASE_FIELDS) or "case" in self.fields.get("kind", [])

    @property
    def entities(self) -> list[tuple[str, str]]:
        """Return kind and text of each entity that takes part."""
        return [(name, text) for name, texts in self.fields.items() if name in ENTITY_KINDS for text in texts]


def read(text: str) -> Asked:
    """Read words, `"phrases"`, `-words` and `field:word`; unknown fields and words are noted and left out."""
    asked = Asked()
    for minus, name, phrase, word in _TOKEN.findall(text):
        value = phrase or word
        if not value.strip():
            continue
        if name:
            _field(asked, name.lower(), value)
        elif minus:
            asked.without.append(value)
        else:
            (asked.phrases if phrase else asked.words).append(value)
    return asked


def _field(asked: Asked, name: str, value: str) -> None:
    if name not in CHOICES:
        asked.notes.append(f"There is no field {name}:{_suggestion(name, CHOICES)} It was left out.")
    elif CHOICES[name] and value.lower() not in CHOICES[name]:
        asked.notes.append(f"{name}: takes {', '.join(CHOICES[name])}.{_suggestion(value, CHOICES[name])}")
    else:
        asked.fields.setdefault(name, []).append(value.lower() if CHOICES[name] else value)


def _suggestion(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word.lower(), list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def looks_like(text: str) -> str:
    """Say what kind of thing a text looks like, `an IP address`; empty for words."""
    return next((shape for shape, fits in _SHAPES if fits(text)), "")


_SHAPES: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("an IP address", parse_ip),
    ("an e-mail address", _MAIL.fullmatch),
    ("a card number", contains_card),
    ("a web address", lambda text: "://" in text),
    ("a domain", _DOMAIN.fullmatch),
    ("a telephone number", _PHONE.fullmatch),
)
