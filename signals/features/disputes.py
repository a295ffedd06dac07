"""Disputes of the person behind a disputed payment: one is bad luck, a row of them is a habit."""

from __future__ import annotations

from signals.features.batch import Batch
from signals.features.payment import DISPUTED
from signals.features.spec import Values
from tscore.core import db

MOST_PAYMENTS = 500

STATEMENT = """
WITH scored AS MATERIALIZED (
  SELECT id, occurred_at, observed_at, (roles ->> 'payment')::bigint AS payment
  FROM signals_event
  WHERE id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND kind = ANY(%(kinds)s) AND roles ? 'payment'
), payers AS MATERIALIZED (
  SELECT t.*, (
    SELECT coalesce(o.roles ->> 'buyer', o.roles ->> 'card')::bigint
    FROM signals_involvement i JOIN signals_event o ON o.id = i.event_id
    WHERE i.entity_id = t.payment AND i.role = 'payment' AND i.kind LIKE 'payment.%%'
      AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
    ORDER BY i.occurred_at DESC, i.event_id DESC LIMIT 1
  ) AS payer FROM scored t
)
SELECT t.id, count(DISTINCT d.entity_id)
FROM payers t
LEFT JOIN LATERAL (
  SELECT DISTINCT (o.roles ->> 'payment')::bigint AS payment
  FROM (
    SELECT i.event_id FROM signals_involvement i
    WHERE i.entity_id = t.payer AND i.role IN ('buyer', 'card') AND i.kind LIKE 'payment.%%'
      AND i.occurred_at > t.occurred_at - interval '360 days' AND i.occurred_at <= t.occurred_at
      AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
    ORDER BY i.occurred_at DESC, i.event_id DESC LIMIT %(most)s
  ) near JOIN signals_event o ON o.id = near.event_id
) paid ON paid.payment <> t.payment
LEFT JOIN signals_involvement d ON d.entity_id = paid.payment AND d.role = 'payment' AND d.kind = 'dispute.opened'
  AND d.occurred_at > t.occurred_at - interval '180 days' AND d.occurred_at < t.occurred_at
  AND d.observed_at <= t.observed_at AND (d.superseded_at IS NULL OR d.superseded_at > t.observed_at)
WHERE t.payer IS NOT NULL
GROUP BY t.id
"""


def values(batch: Batch) -> Values:
    """Count the earlier disputes of each payer in a batch with one statement."""
    if batch.kinds.isdisjoint(DISPUTED):
        return {}
    rows = db.prepared(STATEMENT, {"ids": db.array(batch.ids), "kinds": list(DISPUTED), "most": MOST_PAYMENTS})
    return {event_id: {"payer_disputes_180d": count} for event_id, count in rows}
