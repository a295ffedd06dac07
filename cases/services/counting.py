"""What live signals say of cases, as pieces of SQL for whole batches: severity, probability, stake, due time, rank.

Who uses them puts two tables before `counted_sql`: `mine`, one row a case with its `key`, and `live`, the live signals
of each key. So a case can be counted before it is stored; `id` is then empty. What is asked of `mine` stands in
`counted` too: the planner takes such tables for tiny, and would compare each row of one with each of the other.
"""

from __future__ import annotations

from typing import Final

from cases.services import promises
from cases.services.ranking import RERANK_SQL, USED_SQL

# What is needed of a signal.
SIGNAL_SQL: Final = """signal.id, signal.detector_id, signal.detector_version, signal.score, signal.severity,
         signal.money_at_stake_base_minor AS money, left(signal.reasons -> 0 ->> 'sentence', 300) AS headline"""

# The closed case of the same key that closed last; `case` is a row of cases, stored or to be.
PRIOR_SQL: Final = """(
         SELECT prior.id FROM cases_case prior
          WHERE prior.entity_id = {case}.entity_id AND prior.abuse_type_id = {case}.abuse_type_id
            AND prior.state = 'closed' AND prior.id IS DISTINCT FROM {case}.id
          ORDER BY prior.closed_at DESC, prior.id DESC LIMIT 1)"""

# The rules by which a stake is read from the evidence of all live signals.
FROM_EVIDENCE: Final = "('per_recipient', 'flagged_payments')"

# What each rule of a queue puts at stake, in minor units of the base currency. `proof` = the events named by the live
# signals of a case, read only for the rules that ask them.
_STAKES: Final = """
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
       WHERE proof.key = mine.key)
    WHEN 'flagged_payments' THEN (
      SELECT sum(amount)
        FROM (SELECT max(event.amount_base_minor) AS amount
                FROM proof JOIN signals_event event ON event.id = proof.event_id
               WHERE proof.key = mine.key AND event.roles ? 'payment'
               GROUP BY event.roles ->> 'payment') payments)
    ELSE mine.stake_unit_minor
  END
"""

_SEVERITIES: Final = "ARRAY['info', 'low', 'medium', 'high', 'critical']"

# A score means what the labels of its detector say; where there are too few, it stands for itself. Severity only rises.
_COUNTED: Final = f"""meaning AS MATERIALIZED (
  SELECT detector_id, detector_version, scores, probabilities FROM signals_calibration WHERE is_current),
weighed AS (
  SELECT live.key, live.id, live.score, live.severity, live.money, live.headline,
         meaning.scores IS NOT NULL AS is_calibrated,
         coalesce(meaning.probabilities[width_bucket(live.score, meaning.scores)], live.score) AS probability
    FROM live LEFT JOIN meaning USING (detector_id, detector_version){{before}}),
proof AS MATERIALIZED (
  SELECT DISTINCT live.key, evidence.event_id
    FROM mine
    JOIN live USING (key)
    JOIN signals_signalevent evidence ON evidence.signal_id = live.id
   WHERE mine.stake_rule IN {FROM_EVIDENCE}),
found AS (
  SELECT key, max(probability) AS probability, max(money) AS money, max(score) AS score,
         (array_agg(is_calibrated ORDER BY probability DESC, is_calibrated DESC))[1] AS is_calibrated,
         max(array_position({_SEVERITIES}, severity)) AS rank,
         (array_agg(headline ORDER BY score DESC, id))[1] AS headline
    FROM weighed GROUP BY key),
summed AS MATERIALIZED (
  SELECT mine.key, mine.id, mine.entity_id, mine.abuse_type_id, mine.queue_id, mine.opened_at, mine.paused,
         mine.due_minutes,
         coalesce(found.probability, 0) AS probability, coalesce(found.is_calibrated, false) AS is_calibrated,
         found.headline, found.score AS top_score, found.money AS top_money_minor,
         ({_SEVERITIES})[GREATEST(array_position({_SEVERITIES}, mine.severity), found.rank)] AS severity,
         GREATEST(%(floor)s, found.money, {_STAKES}) AS stake_minor
    FROM mine LEFT JOIN found USING (key)),
promised AS MATERIALIZED (
  SELECT summed.*, {promises.DUE_SQL.format(case="summed")} AS due_at
    FROM summed
    LEFT JOIN cases_slapolicy policy ON policy.queue_id = summed.queue_id AND policy.severity = summed.severity),
stepped AS MATERIALIZED (SELECT promised.*, {USED_SQL.format(opened="opened_at", due="due_at")} AS used FROM promised),
counted AS MATERIALIZED (
  SELECT key, id, entity_id, abuse_type_id, queue_id, opened_at, probability, is_calibrated, headline, severity,
         stake_minor, top_score, top_money_minor, due_at,
         probability * stake_minor * (1 + used) AS priority,
         {RERANK_SQL.format(used="used", opened="opened_at", due="due_at")} AS rerank_at
    FROM stepped)"""

# What a stored case takes over from what was counted.
SET_SQL: Final = """severity = counted.severity, stake_minor = counted.stake_minor,
     probability = counted.probability, is_calibrated = counted.is_calibrated, priority = counted.priority,
     top_score = counted.top_score, top_money_minor = counted.top_money_minor,
     headline = CASE WHEN c.is_blind THEN c.headline ELSE coalesce(counted.headline, c.headline) END,
     due_at = counted.due_at, rerank_at = counted.rerank_at"""


def counted_sql(*, before: str = "") -> str:
    """Return the tables up to `counted`, one row a key of `mine`.

    Args:
        before: a query for what keys were counted as before, the columns of `weighed`; `live` then lacks those signals.
    """
    return _COUNTED.format(before=before and f"\n   UNION ALL{before}")
