"""A batch of signals becomes cases in two statements: lock the open ones, then write old and new ones as they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cases.services import counting, priority
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

# Each case is written once, with its rank. One that somebody else opened after the locks is added to all the same; what
# it was counted from may lack the other one's signals, so that it is counted again.
_FOLD = f"""
WITH incoming AS MATERIALIZED (
  SELECT wanted.entity_id, signal.abuse_type_id, {counting.SIGNAL_SQL}
    FROM unnest(%(signals)s::bigint[], %(subjects)s::bigint[]) AS wanted (signal_id, entity_id)
    JOIN signals_signal signal ON signal.id = wanted.signal_id),
mine AS MATERIALIZED (
  SELECT row_number() OVER () AS key, c.id, keys.entity_id, keys.abuse_type_id, q.id AS queue_id,
         coalesce(c.opened_at, %(now)s) AS opened_at, coalesce(c.paused, interval '0') AS paused, c.severity,
         q.stake_rule, q.stake_unit_minor, q.due_minutes
    FROM (SELECT DISTINCT entity_id, abuse_type_id FROM incoming) keys
    LEFT JOIN cases_case c ON c.entity_id = keys.entity_id AND c.abuse_type_id = keys.abuse_type_id
         AND c.state <> 'closed'
    JOIN cases_queue standard ON standard.abuse_type_id = keys.abuse_type_id AND standard.is_default
    JOIN cases_queue q ON q.id = coalesce(c.queue_id, standard.id)),
live AS MATERIALIZED (
  SELECT mine.key, {counting.SIGNAL_SQL}
    FROM mine
    JOIN cases_casesignal attached ON attached.case_id = mine.id
    JOIN signals_signal signal ON signal.id = attached.signal_id
   WHERE signal.retracted_at IS NULL
   UNION ALL
  SELECT mine.key, signal.id, signal.detector_id, signal.detector_version, signal.score, signal.severity,
         signal.money, signal.headline
    FROM mine JOIN incoming signal USING (entity_id, abuse_type_id)),
{counting.COUNTED_SQL},
folded AS (
  INSERT INTO cases_case AS c (entity_id, abuse_type_id, queue_id, state, severity, lane, stake_minor, probability,
                               is_calibrated, priority, headline, due_at, rerank_at, wait_for, held_once, fence,
                               version, opened_at, follows_id)
  SELECT mine.entity_id, mine.abuse_type_id, mine.queue_id, 'queued', counted.severity, 'detection',
         counted.stake_minor, counted.probability, counted.is_calibrated, counted.priority,
         coalesce(counted.headline, ''), counted.due_at, counted.rerank_at, '', false, 0, 1, mine.opened_at,
         CASE WHEN mine.id IS NULL THEN {counting.PRIOR_SQL.format(case="mine")} END
    FROM mine JOIN counted USING (key)
   ORDER BY mine.entity_id, mine.abuse_type_id
  ON CONFLICT (entity_id, abuse_type_id) WHERE state <> 'closed'
  DO UPDATE SET version = c.version + 1, severity = excluded.severity, stake_minor = excluded.stake_minor,
     probability = excluded.probability, is_calibrated = excluded.is_calibrated, priority = excluded.priority,
     headline = CASE WHEN c.is_blind THEN c.headline ELSE coalesce(nullif(excluded.headline, ''), c.headline) END,
     due_at = excluded.due_at, rerank_at = excluded.rerank_at
  RETURNING id, entity_id, abuse_type_id, xmax = 0 AS is_new),
attached AS (
  INSERT INTO cases_casesignal (case_id, signal_id, attached_at)
  SELECT folded.id, incoming.id, %(now)s
    FROM incoming JOIN folded USING (entity_id, abuse_type_id)
  ON CONFLICT (signal_id) DO NOTHING)
SELECT id, is_new FROM folded
"""


@db.transaction_required
def fold(*, subject_of: Mapping[int, int], now: datetime) -> list[int]:
    """Attach signals to the one open case of their subject and abuse type, or open it; return the cases.

    Args:
        subject_of: the subject's entity id by signal id.
    """
    signals, subjects = db.array(list(subject_of)), db.array(list(subject_of.values()))
    terms = {"signals": signals, "subjects": subjects, "now": now, "floor": floor_minor()}
    locked = {case_id for (case_id,) in db.prepared(_LOCK, terms)}
    touched = db.prepared(_FOLD, terms)
    if raced := [case_id for case_id, is_new in touched if not is_new and case_id not in locked]:
        priority.recount(case_ids=raced, now=now)
    return [case_id for case_id, _ in touched]
