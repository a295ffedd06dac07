"""The stored rank of cases: recounted when their signals change, stepped up as their due time is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.services import promises
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

# What each rule of a queue puts at stake, in minor units of the base currency. `mine` = the cases, `proof` = the
# events named by their live signals.
_STAKES = """
  CASE mine.stake_rule
    WHEN 'open_payouts' THEN (
      SELECT sum(request.amount_base_minor)
        FROM (SELECT DISTINCT part.event_id FROM signals_involvement part
               WHERE part.entity_id = mine.entity_id AND part.kind = 'payout.requested'
                 AND part.superseded_at IS NULL) asked
        JOIN signals_event request ON request.id = asked.event_id
       WHERE NOT EXISTS (
         SELECT FROM signals_involvement later
          WHERE later.entity_id = request.entity_id AND later.superseded_at IS NULL
            AND later.kind IN ('payout.held', 'payout.released', 'payout.paid')))
    WHEN 'per_recipient' THEN mine.stake_unit_minor * (
      SELECT count(DISTINCT event.roles ->> 'recipient')
        FROM proof JOIN signals_event event ON event.id = proof.event_id
       WHERE proof.case_id = mine.id)
    WHEN 'flagged_payments' THEN (
      SELECT sum(amount)
        FROM (SELECT max(event.amount_base_minor) AS amount
                FROM proof JOIN signals_event event ON event.id = proof.event_id
               WHERE proof.case_id = mine.id AND event.roles ? 'payment'
               GROUP BY event.roles ->> 'payment') payments)
    ELSE mine.stake_unit_minor
  END
"""

_SEVERITIES = "ARRAY['info', 'low', 'medium', 'high', 'critical']"

# A score means what the labels of its detector say; where there are too few, it stands for itself.
_RECOUNT = f"""
WITH mine AS MATERIALIZED (
  SELECT c.id, c.entity_id, c.queue_id, c.opened_at, c.paused, array_position({_SEVERITIES}, c.severity) AS rank,
         q.stake_rule, q.stake_unit_minor, q.due_minutes
    FROM cases_case c JOIN cases_queue q ON q.id = c.queue_id
   WHERE c.id = ANY(%(cases)s) AND c.state <> 'closed'),
meaning AS MATERIALIZED (
  SELECT detector_id, detector_version AS version, scores, probabilities
    FROM signals_calibration WHERE is_current),
live AS MATERIALIZED (
  SELECT attached.case_id, signal.id, signal.score, signal.severity, meaning.scores IS NOT NULL AS is_calibrated,
         coalesce(meaning.probabilities[width_bucket(signal.score, meaning.scores)], signal.score) AS probability,
         signal.money_at_stake_base_minor AS money,
         left(signal.reasons -> 0 ->> 'sentence', 300) AS headline
    FROM mine
    JOIN cases_casesignal attached ON attached.case_id = mine.id
    JOIN signals_signal signal ON signal.id = attached.signal_id
    LEFT JOIN meaning ON meaning.detector_id = signal.detector_id AND meaning.version = signal.detector_version
   WHERE signal.retracted_at IS NULL),
proof AS MATERIALIZED (
  SELECT DISTINCT live.case_id, evidence.event_id
    FROM live JOIN signals_signalevent evidence ON evidence.signal_id = live.id),
found AS (
  SELECT case_id, max(probability) AS probability, max(money) AS money,
         (array_agg(is_calibrated ORDER BY probability DESC, is_calibrated DESC))[1] AS is_calibrated,
         max(array_position({_SEVERITIES}, severity)) AS rank,
         (array_agg(headline ORDER BY score DESC, id))[1] AS headline
    FROM live GROUP BY case_id),
counted AS (
  SELECT mine.id, mine.queue_id, mine.opened_at, mine.paused, coalesce(found.probability, 0) AS probability,
         coalesce(found.is_calibrated, false) AS is_calibrated, found.headline,
         ({_SEVERITIES})[GREATEST(mine.rank, found.rank)] AS severity,
         GREATEST(%(floor)s, found.money, {_STAKES}) AS stake_minor,
         mine.due_minutes
    FROM mine LEFT JOIN found ON found.case_id = mine.id),
promised AS (
  SELECT counted.*, {promises.DUE_SQL.format(case="counted")} AS new_due_at
    FROM counted
    LEFT JOIN cases_slapolicy policy ON policy.queue_id = counted.queue_id AND policy.severity = counted.severity),
stepped AS (SELECT promised.*, {USED_SQL.format(opened="opened_at", due="new_due_at")} AS used FROM promised)
UPDATE cases_case c
   SET probability = stepped.probability, is_calibrated = stepped.is_calibrated,
       severity = stepped.severity, stake_minor = stepped.stake_minor,
       due_at = stepped.new_due_at,
       headline = CASE WHEN c.is_blind THEN c.headline ELSE coalesce(stepped.headline, c.headline) END,
       priority = stepped.probability * stepped.stake_minor * (1 + stepped.used),
       rerank_at = {RERANK_SQL.format(used="stepped.used", opened="c.opened_at", due="stepped.new_due_at")},
       follows_id = coalesce(c.follows_id, (
         SELECT prior.id FROM cases_case prior
          WHERE prior.entity_id = c.entity_id AND prior.abuse_type_id = c.abuse_type_id
            AND prior.state = 'closed' AND prior.id < c.id
          ORDER BY prior.closed_at DESC, prior.id DESC LIMIT 1))
  FROM stepped
 WHERE stepped.id = c.id
RETURNING c.id
"""


def rerank_due(*, limit: int, now: datetime) -> int:
    """Step up the priority of cases that have used another quarter of their due time; return how many."""
    return len(db.in_transaction(lambda: db.rows(_RERANK, {"now": now, "limit": limit})))


@db.transaction_required
def recount(*, case_ids: Sequence[int], now: datetime) -> None:
    """Work out severity, stake, due time and rank of open cases from their live signals; the caller holds the rows."""
    db.rows(_RECOUNT, {"cases": list(case_ids), "now": now, "floor": floor_minor()})
