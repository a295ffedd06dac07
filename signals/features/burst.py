"""Failed log-ins from strangers' addresses across all accounts of one sender: a burst that no single entity shows."""

from __future__ import annotations

from signals.features.batch import Batch
from signals.features.login import LOGINS
from signals.features.spec import Values
from tscore.core import db

MOST_FAILURES = 300  # per scored event; more than this is a burst by any measure

# An address is fresh at a failure if nothing was known of it from before the last hour. That is said of each failure
# as of its own observation, once, however many scored events look back at it.
STATEMENT = """
WITH scored AS MATERIALIZED (
  SELECT id, source_id, external_id, occurred_at, observed_at
  FROM signals_event WHERE id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND kind = ANY(%(kinds)s)
), pairs AS MATERIALIZED (
  SELECT t.id, f.id AS failure
  FROM scored t CROSS JOIN LATERAL (
    SELECT o.id FROM signals_event o
    WHERE o.kind = 'login.failed' AND o.source_id = t.source_id
      AND o.occurred_at > t.occurred_at - interval '10 minutes' AND o.occurred_at <= t.occurred_at
      AND o.observed_at <= t.observed_at
      AND (o.occurred_at < t.occurred_at OR o.external_id COLLATE "C" < t.external_id)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT %(most)s
  ) f
), fresh AS MATERIALIZED (
  SELECT o.id AS failure, i.entity_id AS ip, o.roles ->> 'account' AS account, i.superseded_at
  FROM (SELECT DISTINCT failure FROM pairs) p
  JOIN signals_event o ON o.id = p.failure
  JOIN signals_involvement i ON i.event_id = o.id AND i.role = 'ip'
  WHERE NOT EXISTS (
    SELECT FROM signals_involvement e
    WHERE e.entity_id = i.entity_id AND e.occurred_at <= o.occurred_at - interval '1 hour'
      AND e.observed_at <= o.observed_at
  )
)
SELECT t.id, count(DISTINCT f.ip), count(DISTINCT f.account)
FROM scored t
LEFT JOIN pairs p ON p.id = t.id
LEFT JOIN fresh f ON f.failure = p.failure AND (f.superseded_at IS NULL OR f.superseded_at > t.observed_at)
GROUP BY t.id
"""


def values(batch: Batch) -> Values:
    """Compute the burst features of a batch with one statement."""
    if batch.kinds.isdisjoint(LOGINS):
        return {}
    rows = db.prepared(STATEMENT, {"ids": db.array(batch.ids), "kinds": list(LOGINS), "most": MOST_FAILURES})
    return {
        event_id: {"fresh_failing_ips_10m": addresses, "fresh_failing_accounts_10m": accounts}
        for event_id, addresses, accounts in rows
    }
