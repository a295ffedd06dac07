"""A batch of signals becomes cases in two statements: lock the open ones, then write old and new ones as they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cases.services import counting
from cases.services.ranking import floor_minor
from tscore.core import db

# Rows are locked in one order, so that many correlators never wait in a circle. The next statement sees what others
# stored before the locks were given.
_LOCK = """
SELECT c.id
  FROM (SELECT DISTINCT wanted.entity_id, signal.abuse_type_id
          FROM unnest(%(signals)s::bigint[], %(subjects)s::bigint[]) AS wanted (signal_id, entity_id)
          JOIN signals_signal signal ON signal.id = wanted.signal_id) keys
  JOIN cases_case c USING (entity_id, abuse_type_id)
 WHERE c.state <> 'closed'
 ORDER BY c.entity_id, c.abuse_type_id
   FOR NO KEY UPDATE OF c
"""

_BEFORE = """
  SELECT key, 0, top_score, severity, top_money_minor, headline, is_calibrated, probability FROM mine WHERE stands"""

# Each case is written once, with its rank. A case that stands is added to by what it was counted as, unless its stake
# asks for all its evidence. Who writes here waits for no row any more: a case that somebody else opened after the locks
# is passed over, and its signals are left for the next look.
_FOLD = f"""
WITH incoming AS MATERIALIZED (
  SELECT wanted.entity_id, signal.abuse_type_id, {counting.SIGNAL_SQL}
    FROM unnest(%(signals)s::bigint[], %(subjects)s::bigint[]) AS wanted (signal_id, entity_id)
    JOIN signals_signal signal ON signal.id = wanted.signal_id),
mine AS MATERIALIZED (
  SELECT row_number() OVER () AS key, c.id, keys.entity_id, keys.abuse_type_id, q.id AS queue_id,
         coalesce(c.opened_at, %(now)s) AS opened_at, coalesce(c.paused, interval '0') AS paused, c.severity,
         c.probability, c.is_calibrated, c.top_score, c.top_money_minor, c.headline,
         c.top_score IS NOT NULL AND NOT c.is_blind AND q.stake_rule NOT IN {counting.FROM_EVIDENCE} AS stands,
         q.stake_rule, q.stake_unit_minor, q.due_minutes
    FROM (SELECT DISTINCT entity_id, abuse_type_id FROM incoming) keys
    LEFT JOIN cases_case c ON c.entity_id = keys.entity_id AND c.abuse_type_id = keys.abuse_type_id
         AND c.state <> 'closed'
    JOIN cases_queue standard ON standard.abuse_type_id = keys.abuse_type_id AND standard.is_default
    JOIN cases_queue q ON q.id = coalesce(c.queue_id, standard.id)
   WHERE c.id IS NULL OR c.id = ANY(%(locked)s::bigint[])),
live AS MATERIALIZED (
  SELECT mine.key, {counting.SIGNAL_SQL}
    FROM mine
    JOIN cases_casesignal attached ON attached.case_id = mine.id
    JOIN signals_signal signal ON signal.id = attached.signal_id
   WHERE NOT mine.stands AND signal.retracted_at IS NULL
   UNION ALL
  SELECT mine.key, signal.id, signal.detector_id, signal.detector_version, signal.score, signal.severity,
         signal.money, signal.headline
    FROM mine JOIN incoming signal USING (entity_id, abuse_type_id)),
{counting.counted_sql(before=_BEFORE)},
opened AS (
  INSERT INTO cases_case (entity_id, abuse_type_id, queue_id, state, severity, lane, stake_minor, probability,
                          is_calibrated, top_score, top_money_minor, priority, headline, due_at, rerank_at, wait_for,
                          held_once, fence, version, opened_at, follows_id)
  SELECT entity_id, abuse_type_id, queue_id, 'queued', severity, 'detection', stake_minor, probability,
         is_calibrated, top_score, top_money_minor, priority, coalesce(headline, ''), due_at, rerank_at, '',
         false, 0, 1, opened_at, {counting.PRIOR_SQL.format(case="counted")}
    FROM counted
   WHERE id IS NULL
   ORDER BY entity_id, abuse_type_id
  ON CONFLICT (entity_id, abuse_type_id) WHERE state <> 'closed' DO NOTHING
  RETURNING id, entity_id, abuse_type_id),
grown AS (
  UPDATE cases_case c
     SET version = c.version + 1, {counting.SET_SQL}
    FROM counted
   WHERE c.id = counted.id
  RETURNING c.id, c.entity_id, c.abuse_type_id),
folded AS (SELECT * FROM opened UNION ALL SELECT * FROM grown),
attached AS (
  INSERT INTO cases_casesignal (case_id, signal_id, attached_at)
  SELECT folded.id, incoming.id, %(now)s
    FROM incoming JOIN folded USING (entity_id, abuse_type_id)
  ON CONFLICT (signal_id) DO NOTHING)
SELECT incoming.id, folded.id FROM incoming LEFT JOIN folded USING (entity_id, abuse_type_id)
"""

_LEAVE = "UPDATE signals_signal SET routed_at = NULL WHERE id = ANY(%(signals)s)"


@db.transaction_required
def fold(*, subject_of: Mapping[int, int], now: datetime) -> list[int]:
    """Attach signals to the one open case of their subject and abuse type, or open it; return the cases.

    Signals of a case that somebody else opens at this moment are left unrouted.

    Args:
        subject_of: the subject's entity id by signal id.
    """
    signals, subjects = db.array(list(subject_of)), db.array(list(subject_of.values()))
    terms = {"signals": signals, "subjects": subjects, "now": now, "floor": floor_minor()}
    locked = [case_id for (case_id,) in db.prepared(_LOCK, terms)]
    homes = db.prepared(_FOLD, terms | {"locked": db.array(locked)})
    if left := [signal_id for signal_id, case_id in homes if case_id is None]:
        db.rows(_LEAVE, {"signals": left})
    return sorted({case_id for _, case_id in homes if case_id is not None})
