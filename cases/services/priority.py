"""The stored rank of cases: recounted when their signals change, stepped up as their due time is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.services import counting
from cases.services.ranking import RERANK_SQL, USED_SQL, floor_minor
from tscore.core import db

_USED = USED_SQL.format(opened="c.opened_at", due="c.due_at")

# Waiting cases stand still: nobody may take them, and waking ranks them anew.
_RERANK = f"""
WITH due AS MATERIALIZED (
  SELECT id FROM cases_case
   WHERE state <> 'closed' AND state <> 'waiting' AND rerank_at IS NOT NULL AND rerank_at <= %(now)s
   ORDER BY rerank_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED),
stepped AS (SELECT c.id, {_USED} AS used FROM cases_case c JOIN due USING (id))
UPDATE cases_case c
   SET priority = c.probability * c.stake_minor * (1 + stepped.used),
       rerank_at = {RERANK_SQL.format(used="stepped.used", opened="c.opened_at", due="c.due_at")}
  FROM stepped
 WHERE stepped.id = c.id
RETURNING c.id
"""

_RECOUNT = f"""
WITH mine AS MATERIALIZED (
  SELECT c.id AS key, c.id, c.entity_id, c.abuse_type_id, c.queue_id, c.opened_at, c.paused, c.severity,
         q.stake_rule, q.stake_unit_minor, q.due_minutes
    FROM cases_case c JOIN cases_queue q ON q.id = c.queue_id
   WHERE c.id = ANY(%(cases)s) AND c.state <> 'closed'),
live AS MATERIALIZED (
  SELECT mine.key, {counting.SIGNAL_SQL}
    FROM mine
    JOIN cases_casesignal attached ON attached.case_id = mine.key
    JOIN signals_signal signal ON signal.id = attached.signal_id
   WHERE signal.retracted_at IS NULL),
{counting.counted_sql()}
UPDATE cases_case c
   SET {counting.SET_SQL},
       follows_id = coalesce(c.follows_id, {counting.PRIOR_SQL.format(case="c")})
  FROM counted
 WHERE counted.id = c.id
"""


def rerank_due(*, limit: int, now: datetime) -> int:
    """Step up the priority of cases that have used another quarter of their due time; return how many."""
    return len(db.in_transaction(lambda: db.rows(_RERANK, {"now": now, "limit": limit})))


@db.transaction_required
def recount(*, case_ids: Sequence[int], now: datetime) -> None:
    """Work out severity, stake, due time and rank of open cases from their live signals; the caller holds the rows."""
    db.rows(_RECOUNT, {"cases": list(case_ids), "now": now, "floor": floor_minor()})
