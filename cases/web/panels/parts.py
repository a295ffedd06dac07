"""What panels are made of, and what all of them ask of events. Pure. Values were written by strangers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cases.queries.event_views import EventView
from cases.queries.names import EntityName
from cases.queries.what import What
from cases.web.story import named

NOT_KNOWN: Final = "not known"

Piece = tuple[str, str]  # (how: "", hit, old, new; text)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line; `before` only in tables of before and after, `at` where the fact has a time of its own."""

    name: str
    value: str
    before: str = ""
    changed: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """The top of the centre pane for one abuse type; `texts` are shown whole, with their links dead.

    `rows` compares before and after; `facts` are lines; `later` names the facts that are read a moment later.
    """

    title: str
    facts: list[Fact] = field(default_factory=list)
    texts: list[tuple[str, list[Piece]]] = field(default_factory=list)
    rows: list[Fact] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


def trigger(what: What) -> EventView:
    """Return the event that raised the strongest signal, else the newest of the evidence."""
    return next((event for event in what.evidence if event.is_trigger), what.evidence[0])


def events(what: What, *kinds: str) -> list[EventView]:
    """Return the loaded events of these kinds (`payment.` stands for all that start so), newest first, each once."""
    found = {event.id: event for event in (*what.evidence, *what.timeline) if event.kind.startswith(kinds)}
    return sorted(found.values(), key=lambda event: (event.occurred_at, event.id), reverse=True)


def who(event: EventView | None, role: str) -> EntityName | None:
    """Return who has a role in an event that may be none."""
    return named(event, role) if event else None


def text(event: EventView | None, role: str) -> str:
    """Return how the entity in a role is called, or nothing."""
    name = who(event, role)
    return name.text if name else ""


def known(value: str) -> str:
    """Return a value, or that it is not known."""
    return value or NOT_KNOWN


def state(name: EntityName | None) -> str:
    """Return the state of an entity in words."""
    return known(name.state.replace("_", " ")) if name else NOT_KNOWN


def counted(number: int, one: str, many: str = "") -> str:
    """Say a number of things: `1 message`, `3 messages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def tally(words: Iterable[str]) -> str:
    """Say how often each word comes, the most frequent first; nothing for no words."""
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())


def ids(names: Iterable[EntityName | None]) -> Sequence[int]:
    """Return the ids of those that are known, each once, in their order."""
    return list({name.id: None for name in names if name})
