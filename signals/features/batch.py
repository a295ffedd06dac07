"""Read a batch of scored events with what features and detectors look at, each table once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from tscore.core import db


@dataclass(frozen=True, slots=True)
class Scored:
    """One event as it is scored; `roles` maps member name to entity id."""

    id: int
    source: str
    external_id: str
    kind: str
    entity_id: int
    occurred_at: datetime
    observed_at: datetime
    roles: dict[str, int]
    payload: dict[str, Any]
    amount_base_minor: int | None


@dataclass(frozen=True)
class Batch:
    """The events of a batch, and their texts by event id and member once somebody asks.

    `faults` collects (function, event id, error) of features that failed on one event: those stay absent there.
    """

    events: list[Scored]
    ids: list[int] = field(init=False)
    faults: list[tuple[str, int, Exception]] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", [event.id for event in self.events])

    def of_kinds(self, *kinds: str) -> list[Scored]:
        """Return the events of some kinds."""
        return [event for event in self.events if event.kind in kinds]

    @contextmanager
    def fault_of(self, function: str, event: Scored) -> Iterator[None]:
        """Note that a function failed on one event, and go on: one bad row never stops the batch."""
        try:
            yield
        except Exception as error:
            self.faults.append((function, event.id, error))

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(event.kind for event in self.events)

    @cached_property
    def texts(self) -> dict[int, dict[str, str]]:
        return texts_of(self.ids)


EVENTS = """
SELECT e.id, s.name, e.external_id, e.kind, e.entity_id, e.occurred_at, e.observed_at, e.roles, e.payload,
       e.amount_base_minor
FROM signals_event e JOIN signals_source s ON s.id = e.source_id
WHERE e.id = ANY((SELECT %s::bigint[])::bigint[]) ORDER BY e.id
"""


def read(event_ids: Sequence[int]) -> Batch:
    """Read the events of a batch."""
    decode = msgspec.json.decode
    rows = db.prepared(EVENTS, [db.array(event_ids)])
    # Django hands JSON of plain SQL through as text.
    return Batch([Scored(*(*row[:7], decode(row[7]), decode(row[8]), row[9])) for row in rows])


def texts_of(event_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Read the texts that are still kept, by event and member."""
    found: dict[int, dict[str, str]] = {}
    statement = (
        "SELECT event_id, member, text FROM signals_personaltext WHERE event_id = ANY((SELECT %s::bigint[])::bigint[])"
    )
    for event_id, member, text in db.prepared(statement, [db.array(event_ids)]):
        found.setdefault(event_id, {})[member] = text
    return found
