"""The statements of the feature log: what waits, what a part holds, what is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

import msgspec

from signals.features.spec import Value
from signals.models import FeaturePart
from tscore.core.db import array, prepared, rows, transaction_required

ROWS_AT_ONCE: Final = 5000
TIMES: Final = ("occurred", "observed", "received", "scored")


@dataclass(frozen=True, slots=True)
class Logged:
    """One row of the log: what it is about (in the order of the fixed columns), and the values as seen."""

    fixed: tuple[Any, ...]
    features: dict[str, Value]


WAITING_SQL = "SELECT coalesce(sum(cardinality(event_ids)), 0), min(scored_at) FROM signals_scoredbatch"

# Whoever deletes a batch has it: two that plan at once never take the same.
PLAN_SQL = """
WITH chosen AS MATERIALIZED (
  SELECT id FROM (SELECT id, sum(cardinality(event_ids)) OVER (ORDER BY id) - cardinality(event_ids) AS before
    FROM signals_scoredbatch) waiting WHERE before < %(most)s
), taken AS (
  DELETE FROM signals_scoredbatch WHERE id = ANY(ARRAY(SELECT id FROM chosen)) RETURNING event_ids
)
INSERT INTO signals_featurepart (event_ids, planned_at)
SELECT array_agg(event_id ORDER BY event_id), %(now)s FROM taken, unnest(taken.event_ids) AS event_id
HAVING count(*) > 0"""

PLACES_SQL = """
SELECT (received_at AT TIME ZONE 'UTC')::date, kind, id FROM signals_event
WHERE id = ANY((SELECT %s::bigint[])::bigint[]) ORDER BY 1, 2, 3"""

# Instants as whole µs: Python would take longer to make them than all the rest.
_TIMES = ", ".join(f"(extract(epoch FROM e.{name}_at) * 1000000)::bigint" for name in TIMES)
ROWS_SQL = f"""
SELECT e.id, s.name, e.external_id, e.kind, e.entity_id, e.actor_id, e.roles, {_TIMES}, e.feature_version, e.features
FROM signals_event e JOIN signals_source s ON s.id = e.source_id
WHERE e.id = ANY((SELECT %s::bigint[])::bigint[]) ORDER BY e.id"""

WRITTEN_SQL = """
UPDATE signals_featurepart SET files = %(files)s::jsonb, event_ids = '{}', written_at = %(now)s, leased_until = NULL,
  last_error = ''
WHERE id = %(id)s AND fence = %(fence)s AND written_at IS NULL RETURNING 1"""

NOTE_SQL = "INSERT INTO signals_scoredbatch (event_ids, scored_at) VALUES (%s::bigint[], %s)"


@transaction_required
def note_scored(event_ids: Sequence[int], now: datetime) -> None:
    """Leave word that the values of these events are to be copied."""
    if event_ids:
        prepared(NOTE_SQL, [array(event_ids), now])


def waiting() -> tuple[int, datetime | None]:
    """Return how many events wait to be named in a part, and since when."""
    [(count, since)] = rows(WAITING_SQL)
    return count, since


@transaction_required
def plan(*, most: int, now: datetime) -> None:
    """Name the events that have waited longest in a part of their own."""
    rows(PLAN_SQL, {"most": most, "now": now})


def days_of(event_ids: Sequence[int]) -> Iterator[tuple[date, list[list[int]]]]:
    """Yield the days on which events were received, each with its events in pieces of one kind."""
    places = rows(PLACES_SQL, [array(event_ids)])
    for day, of_day in groupby(places, key=lambda place: place[0]):
        kinds = [[pk for _, _, pk in of_kind] for _, of_kind in groupby(of_day, key=lambda place: place[1])]
        yield day, [ids[at : at + ROWS_AT_ONCE] for ids in kinds for at in range(0, len(ids), ROWS_AT_ONCE)]


def logged(event_ids: Sequence[int]) -> list[Logged]:
    """Read what the log says of some events."""
    decode = msgspec.json.decode
    found = rows(ROWS_SQL, [array(event_ids)])
    return [Logged((*row[:6], [*decode(row[6]).items()], *row[7:12]), decode(row[12])) for row in found]


@transaction_required
def settle(part: FeaturePart, files: list[dict[str, Any]], now: datetime) -> bool:
    """Note which files a part has, if this worker still holds it; return whether it did."""
    given = {"id": part.pk, "fence": part.fence, "files": msgspec.json.encode(files).decode(), "now": now}
    return bool(rows(WRITTEN_SQL, given))
