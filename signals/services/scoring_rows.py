"""The statements of scoring: which revision is current, what was seen, what no longer holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from signals.features.compute import FEATURE_VERSION
from signals.features.spec import Values
from signals.models import Event
from signals.services.signals.rows import OWN_SOURCE
from tscore.core.db import array, prepared, transaction_required

CURRENT_SQL = """
SELECT e.id FROM signals_event e WHERE e.id = ANY((SELECT %s::bigint[])::bigint[]) AND NOT EXISTS (
  SELECT FROM signals_event later
  WHERE later.source_id = e.source_id AND later.external_id = e.external_id AND later.observed_at > e.observed_at
)"""

# Each step is a fence to the planner: while it takes the table for empty, it would walk the whole of it for every row.
OLDER_SQL = """
WITH asked AS MATERIALIZED (
  SELECT source_id, external_id, observed_at FROM signals_event WHERE id = ANY((SELECT %(ids)s::bigint[])::bigint[])
), older AS MATERIALIZED (
  SELECT o.id FROM asked CROSS JOIN LATERAL (
    SELECT id FROM signals_event WHERE source_id = asked.source_id AND external_id = asked.external_id
      AND observed_at < asked.observed_at
  ) o
)"""

# A batch with older revisions locks them and its own events in one go, in the order of their ids: of two batches that
# hold older revisions of each other's events, each would otherwise wait for the other. One without locks nothing here.
LOCK_SQL = f"""{OLDER_SQL}
SELECT id FROM signals_event WHERE id = ANY(ARRAY(
  SELECT id FROM older UNION SELECT unnest(%(ids)s::bigint[]) WHERE EXISTS (SELECT FROM older)))
ORDER BY id FOR NO KEY UPDATE"""

# A value that is no number is written as null, and left out: what is not known is not there. The ids are named once
# more, so that events are looked up by them and not among all that wait to be scored.
SETTLE_SQL = """
UPDATE signals_event SET features = jsonb_strip_nulls(given.features), feature_version = %(version)s,
  scored_at = %(now)s, leased_until = NULL, last_error = ''
FROM jsonb_to_recordset(%(given)s::jsonb) AS given (id bigint, fence int, features jsonb)
WHERE signals_event.id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND signals_event.scored_at IS NULL
  AND signals_event.id = given.id AND signals_event.fence = given.fence
RETURNING signals_event.id"""

# Back to "not routed": correlation then counts the case of a retracted signal anew.
RETRACT_SQL = f"""{OLDER_SQL}, mine AS MATERIALIZED (
  SELECT id FROM signals_signal
  WHERE retracted_at IS NULL AND source_id = (SELECT id FROM signals_source WHERE name = %(source)s)
    AND id = ANY(ARRAY(
      SELECT part.signal_id FROM signals_signalevent part
      WHERE part.position = 0 AND part.event_id = ANY(ARRAY(SELECT id FROM older))
    ))
  ORDER BY id FOR NO KEY UPDATE
)
UPDATE signals_signal SET retracted_at = %(now)s, routed_at = NULL, next_at = %(now)s
FROM mine WHERE signals_signal.id = mine.id
RETURNING 1"""


def current(event_ids: Sequence[int]) -> set[int]:
    """Return those of the events that no later revision has replaced."""
    return {pk for (pk,) in prepared(CURRENT_SQL, [array(event_ids)])} if event_ids else set()


@transaction_required
def lock_older(event_ids: Sequence[int]) -> None:
    """Wait for whoever settles an older revision of these events, and keep others from it and from these."""
    prepared(LOCK_SQL, {"ids": array(event_ids)})


@transaction_required
def settle(held: Sequence[Event], features: Values, now: datetime) -> set[int]:
    """Write what was seen; return the events whose lease is still this worker's."""
    given = [{"id": event.pk, "fence": event.fence, "features": features.get(event.pk)} for event in held]
    terms = {"ids": array([event.pk for event in held]), "given": msgspec.json.encode(given).decode()}
    done = prepared(SETTLE_SQL, {**terms, "version": FEATURE_VERSION, "now": now})
    return {pk for (pk,) in done}


@transaction_required
def retract_older(event_ids: Sequence[int], now: datetime) -> int:
    """Withdraw our own signals that older revisions of these events triggered; return how many."""
    if not event_ids:
        return 0
    return len(prepared(RETRACT_SQL, {"ids": array(event_ids), "now": now, "source": OWN_SOURCE}))
