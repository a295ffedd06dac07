"""Refused items for the pages that list them: one by one, by reason, and those on their way in again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from signals.enums import DeadLetterState
from signals.models import DeadLetter, DeadLetterReplay, DeadLetterTally, Source
from signals.services.dead_letter_batches import Filter
from signals.services.intake.problems import advice
from tscore.core import ids
from tscore.core.db import rows
from tscore.core.errors import Missing
from tscore.core.pagination import Keyset

_MOST_COUNTED: Final = 1000
_MOST_GROUPS: Final = 500
_MOST_SOURCES: Final = 200
_JOBS: Final = 5
# Counting stops at a thousand a state: more is "1,000+" on screen, and costs no scan.
COUNTS_SQL = """
SELECT state, (SELECT count(*) FROM (SELECT FROM signals_deadletter d WHERE d.state = s.state LIMIT %s) AS counted)
FROM unnest(%s::text[]) AS s (state)"""


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """One refused item as the list shows it; `external_id` was written by its sender."""

    pk: int
    ref: str
    received_at: datetime
    source: str
    stream: str
    kind: str
    external_id: str
    code: str
    pointer: str
    detail: str
    advice: str
    attempts: int
    state: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """One page of the list, newest first, and how many there are of each state (at most 1,000 counted)."""

    rows: list[DeadLetterRow]
    next_cursor: str | None
    counts: dict[str, int]


@dataclass(slots=True)
class Group:
    """All letters of one reason: how many are open, of which sources, and what their senders should change.

    `unkept` were only counted because the place was full, `expired` grew too old before anybody repaired them.
    """

    code: str
    advice: str
    open: int = 0
    unkept: int = 0
    expired: int = 0
    last_at: datetime | None = None
    sources: list[tuple[int, str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Job:
    """Letters that somebody asked to be sent in again, and how far that is."""

    ref: str
    wanted: str
    actor: str
    created_at: datetime
    finished_at: datetime | None
    total: int
    stored: int
    refused: int
    error: str

    @property
    def handled(self) -> int:
        """Return how many letters were looked at."""
        return self.stored + self.refused


def dead_letter_page(*, state: str, wanted: Filter | None = None, cursor: str | None = None) -> DeadLetterPage:
    """Return one page of refused items of one state that fit."""
    found = DeadLetter.objects.filter(state=state).select_related("source").defer("body")
    page = Keyset(order=("-id",)).page(wanted.narrow(found) if wanted else found, cursor)
    counts = dict(rows(COUNTS_SQL, [_MOST_COUNTED, DeadLetterState.values]))
    return DeadLetterPage([_row(letter) for letter in page.items], page.next_cursor, counts)


def groups() -> list[Group]:
    """Return the reasons of all letters that are open or were dropped, the most frequent first."""
    tallies = DeadLetterTally.objects.select_related("source").order_by("-open", "-last_at")[:_MOST_GROUPS]
    found: dict[str, Group] = {}
    for tally in tallies:
        if not (tally.open or tally.unkept or tally.expired):
            continue
        group = found.setdefault(tally.code, Group(tally.code, advice(tally.code)))
        group.open, group.unkept = group.open + tally.open, group.unkept + tally.unkept
        group.expired += tally.expired
        group.last_at = max(group.last_at or tally.last_at, tally.last_at)
        group.sources.append((tally.source_id, tally.source.name, tally.open))
    return sorted(found.values(), key=lambda group: -group.open - group.unkept)


def sources() -> list[tuple[int, str]]:
    """Return the senders there are letters of."""
    named = Source.objects.filter(pk__in=DeadLetterTally.objects.values("source"))
    return list(named.order_by("name").values_list("pk", "name")[:_MOST_SOURCES])


def jobs() -> list[Job]:
    """Return the wishes to send letters in again, the newest first."""
    return [_job(one) for one in DeadLetterReplay.objects.select_related("source", "actor").order_by("-pk")[:_JOBS]]


def dead_letter_for(ref: str) -> DeadLetterRow:
    """Return one refused item, or raise Missing."""
    pk = ids.parse_row_ref("dl", ref)
    letter = DeadLetter.objects.filter(pk=pk).select_related("source").defer("body").first() if pk else None
    if letter is None:
        raise Missing()
    return _row(letter)


def _row(letter: DeadLetter) -> DeadLetterRow:
    return DeadLetterRow(
        pk=letter.pk,
        ref=ids.row_ref("dl", letter.pk),
        received_at=letter.received_at,
        source=letter.source.name if letter.source else "",
        stream=letter.stream,
        kind=letter.kind,
        external_id=letter.external_id,
        code=letter.code,
        pointer=letter.pointer,
        detail=letter.detail,
        advice=advice(letter.code),
        attempts=letter.attempts,
        state=letter.state,
        is_erased=letter.body_key_id is None,
    )


def _job(job: DeadLetterReplay) -> Job:
    parts = (job.source.name if job.source else "", job.code, job.kind)
    return Job(
        ref=ids.row_ref("dr", job.pk),
        wanted=" · ".join(part for part in parts if part) or "all that were open",
        actor=job.actor.name,
        created_at=job.created_at,
        finished_at=job.finished_at,
        total=job.total,
        stored=job.stored,
        refused=job.refused,
        error=job.last_error,
    )
