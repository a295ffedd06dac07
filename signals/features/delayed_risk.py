"""Risk that shows late: how many of a seller's payments are by now known to be fraud.

A label counts only if it was known when the scored event was observed, and only the label that then held: the one of
the strongest source, the newest among equals, not superseded.
"""

from __future__ import annotations

from signals.enums import LabelSource
from signals.features.batch import Batch
from signals.features.payment import STARTED
from signals.features.spec import Value, Values
from tscore.core import db

MOST_PAYMENTS = 500  # the newest of a seller in 30 days

STATEMENT = """
WITH scored AS MATERIALIZED (
  SELECT e.id, me.entity_id, e.occurred_at, e.observed_at, (e.roles ->> 'payment')::bigint AS payment
  FROM signals_involvement me JOIN signals_event e ON e.id = me.event_id
  WHERE me.event_id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND me.role = 'seller' AND e.kind = ANY(%(kinds)s)
), paid AS MATERIALIZED (
  SELECT t.id, t.observed_at, near.event_id, near.payment, near.is_recent
  FROM scored t CROSS JOIN LATERAL (
    SELECT i.event_id, i.primary_id AS payment, i.occurred_at > t.occurred_at - interval '14 days' AS is_recent
    FROM signals_involvement i
    WHERE i.entity_id = t.entity_id AND i.role = 'seller' AND i.kind = ANY(%(kinds)s)
      AND i.occurred_at > t.occurred_at - interval '30 days' AND i.occurred_at < t.occurred_at
      AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
      AND i.primary_id IS DISTINCT FROM t.payment
    ORDER BY i.occurred_at DESC LIMIT %(most)s
  ) near
), judged AS (
  SELECT p.id, p.payment, p.is_recent
  FROM paid p CROSS JOIN LATERAL (
    SELECT l.verdict FROM signals_label l
    WHERE l.event_id = p.event_id AND l.known_at <= p.observed_at AND l.source <> 'gold' AND l.verdict <> 'withdrawn'
      AND l.abuse_type_id || '' = 'payment_fraud'  -- so that the index on the event is used, never that on the type
      AND NOT EXISTS (
        SELECT FROM signals_label n WHERE n.supersedes_id = l.id AND n.known_at <= p.observed_at
      )
    ORDER BY array_position(%(sources)s::varchar[], l.source), l.known_at DESC, l.id DESC LIMIT 1
  ) latest
  WHERE latest.verdict = 'bad'
), bad AS (
  SELECT id, count(DISTINCT payment) FILTER (WHERE is_recent) AS recent, count(DISTINCT payment) AS month
  FROM judged GROUP BY id
), total AS (
  SELECT id, count(DISTINCT payment) FILTER (WHERE is_recent) AS recent, count(DISTINCT payment) AS month
  FROM paid GROUP BY id
)
SELECT t.id, coalesce(total.recent, 0), coalesce(bad.recent, 0), coalesce(total.month, 0), coalesce(bad.month, 0)
FROM scored t LEFT JOIN total ON total.id = t.id LEFT JOIN bad ON bad.id = t.id
"""


def values(batch: Batch) -> Values:
    """Compute the delayed risk of the sellers in a batch with one statement."""
    if batch.kinds.isdisjoint(STARTED):
        return {}
    given = {"ids": db.array(batch.ids), "kinds": list(STARTED), "most": MOST_PAYMENTS, "sources": LabelSource.values}
    return {event_id: _figures(*counts) for event_id, *counts in db.prepared(STATEMENT, given)}


def _figures(recent: int, recent_bad: int, month: int, month_bad: int) -> dict[str, Value]:
    known: dict[str, Value] = {
        "seller_payments_14d": recent,
        "seller_bad_14d": recent_bad,
        "seller_payments_30d": month,
        "seller_bad_30d": month_bad,
    }
    if recent:
        known["seller_bad_share_14d"] = recent_bad / recent
    if month:
        known["seller_bad_share_30d"] = month_bad / month
    return known
