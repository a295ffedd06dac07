"""How much of what is refused is kept: so many letters and bytes of one source and in all; beyond that, a count.

Where the place is full, the oldest settled letters go first. Where it is full of open ones, what comes is counted, and
of each code only a few are kept all the same, so that a new kind of problem can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings

from tscore.core.db import rows, transaction_required

_LANE: Final = 0x5453_0001
_MB: Final = 2**20
# Whoever makes room makes a little more, so that not every batch has to.
_SPARE: Final = 500
_MOST_REMOVED: Final = 5_000

LOCK_SQL = "SELECT pg_advisory_xact_lock(%s, (%s %% 2147483647)::int)"
HELD_SQL = """
SELECT coalesce(sum(letters) FILTER (WHERE source_id = %(source)s), 0),
       coalesce(sum(bytes) FILTER (WHERE source_id = %(source)s), 0),
       coalesce(sum(letters), 0), coalesce(sum(bytes), 0),
       coalesce(jsonb_object_agg(code, sampled) FILTER (WHERE source_id = %(source)s), '{}')::text
FROM signals_deadlettertally"""

# Keys go with their bodies. Letters that somebody is sending at this moment are passed over.
REMOVE_SQL = """
WITH old AS MATERIALIZED (
  SELECT id, octet_length(body) AS size FROM signals_deadletter
  WHERE state <> 'open' AND (%(source)s::bigint IS NULL OR source_id = %(source)s)
  ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), placed AS (
  SELECT id, row_number() OVER (ORDER BY id) AS place, sum(size) OVER (ORDER BY id) - size AS before FROM old
), gone AS (
  DELETE FROM signals_deadletter
  WHERE id IN (SELECT id FROM placed WHERE place <= %(letters)s OR before < %(bytes)s)
  RETURNING source_id, code, octet_length(body) AS size, body_key_id
), keys AS (DELETE FROM core_erasablekey WHERE id IN (SELECT body_key_id FROM gone))
SELECT source_id, code, count(*), sum(size) FROM gone GROUP BY source_id, code"""

# Rows are written in one order, so that nobody waits in a circle.
COUNT_SQL = """
INSERT INTO signals_deadlettertally AS held
  (source_id, code, letters, open, bytes, unkept, unkept_at, sampled, expired, last_at)
SELECT source, code, sum(letters), sum(open), sum(bytes), sum(unkept),
  CASE WHEN sum(unkept) > 0 THEN %(now)s END, greatest(sum(sampled), 0), sum(expired), %(now)s
FROM jsonb_to_recordset(%(changes)s::jsonb) AS r (source bigint, code text, letters bigint, open bigint, bytes bigint,
  unkept bigint, sampled int, expired bigint)
GROUP BY source, code ORDER BY source, code
ON CONFLICT (source_id, code) DO UPDATE SET
  letters = held.letters + excluded.letters, open = held.open + excluded.open, bytes = held.bytes + excluded.bytes,
  unkept = held.unkept + excluded.unkept, unkept_at = coalesce(excluded.unkept_at, held.unkept_at),
  sampled = CASE WHEN excluded.letters > 0 AND excluded.sampled = 0 AND excluded.unkept = 0 THEN 0
    ELSE held.sampled + excluded.sampled END,
  expired = held.expired + excluded.expired,
  last_at = CASE WHEN excluded.letters + excluded.unkept > 0 THEN greatest(held.last_at, excluded.last_at)
    ELSE held.last_at END"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes of the letters of one source and code; see `DeadLetterTally`."""

    source: int
    code: str
    letters: int = 0
    open: int = 0
    bytes: int = 0
    unkept: int = 0
    sampled: int = 0
    expired: int = 0


@dataclass(slots=True)
class _Room:
    letters: int
    bytes: int

    def lacks(self, letters: int, size: int) -> tuple[int, int]:
        return max(letters - self.letters, 0), max(size - self.bytes, 0)


@transaction_required
def count(changes: Iterable[Change], now: datetime) -> None:
    """Count changes of letters beside them; those of letters without a source are counted nowhere."""
    given = [asdict(change) for change in changes if change.source is not None]
    if given:
        rows(COUNT_SQL, {"changes": msgspec.json.encode(given).decode(), "now": now})


@transaction_required
def admit(source_id: int, items: Sequence[tuple[str, int]], now: datetime) -> list[tuple[bool, bool]]:
    """Say of refused items, given as (code, bytes), whether each is kept, and whether only as one of a sample.

    Senders of one source wait for each other here, so that its bound holds exactly; that of all may be passed by what
    several sources store at the same moment.
    """
    rows(LOCK_SQL, [_LANE, source_id])
    own, everywhere, sampled = _held(source_id)
    letters, size = len(items), sum(size for _, size in items)
    for place, room in ((source_id, own), (None, everywhere)):
        lack = room.lacks(letters, size)
        if any(lack):
            _make_room(place, lack, now)
            own, everywhere, sampled = _held(source_id)
    return _admitted(items, _Room(min(own.letters, everywhere.letters), min(own.bytes, everywhere.bytes)), sampled)


def _held(source_id: int) -> tuple[_Room, _Room, dict[str, int]]:
    [(letters, size, all_letters, all_size, sampled)] = rows(HELD_SQL, {"source": source_id})
    own = _Room(
        settings.DEAD_LETTERS_MOST_PER_SOURCE - int(letters),
        settings.DEAD_LETTERS_MOST_MB_PER_SOURCE * _MB - int(size),
    )
    everywhere = _Room(
        settings.DEAD_LETTERS_MOST - int(all_letters), settings.DEAD_LETTERS_MOST_MB * _MB - int(all_size)
    )
    return own, everywhere, msgspec.json.decode(sampled)


def _make_room(source_id: int | None, lack: tuple[int, int], now: datetime) -> None:
    terms = {"source": source_id, "letters": lack[0] + _SPARE, "bytes": lack[1], "most": _MOST_REMOVED}
    gone = rows(REMOVE_SQL, terms)
    count([Change(source=source, code=code, letters=-many, bytes=-int(size)) for source, code, many, size in gone], now)


def _admitted(items: Sequence[tuple[str, int]], room: _Room, sampled: dict[str, int]) -> list[tuple[bool, bool]]:
    answer = []
    for code, size in items:
        if room.letters > 0 and room.bytes >= size:
            room.letters, room.bytes = room.letters - 1, room.bytes - size
            answer.append((True, False))
            continue
        is_sample = sampled.get(code, 0) < settings.DEAD_LETTERS_SAMPLE
        sampled[code] = sampled.get(code, 0) + is_sample
        answer.append((is_sample, is_sample))
    return answer
