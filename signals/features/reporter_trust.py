"""How far a reporter can be trusted: the share of earlier reports that proved right, with a prior of all reporters.

A report was judged where a label about its target became known after it and before the scored one was observed: of the
strongest source, the newest among equals, not superseded, and not itself from a report or a rule. Accuracy is the mean
of a Beta distribution: (right + PRIOR x share of all) / (judged + PRIOR). The share of all is that of the newest
reports of anybody before this one, so that nobody waits for a nightly count and old values can be computed again.
"""

from __future__ import annotations

from signals.enums import LabelSource
from signals.features.batch import Batch
from signals.features.report import REPORTED
from signals.features.spec import Value, Values
from tscore.core import db

PRIOR = 4.0  # a new reporter counts as four reports of everybody's share
MOST_OWN, MOST_ALL = 100, 200  # the newest reports looked at
MOST_EVENTS = 20  # of a target, whose labels count as the target's

_TRUTH = """
  SELECT said.verdict FROM (
    SELECT l.* FROM signals_label l WHERE l.entity_id = {report}.target
     UNION
    SELECT l.* FROM signals_label l WHERE l.event_id = ANY(ARRAY(
      SELECT i.event_id FROM signals_involvement i WHERE i.entity_id = {report}.target
       ORDER BY i.occurred_at DESC LIMIT %(events)s))) said
   WHERE said.known_at <= t.observed_at AND said.known_at > {report}.observed_at AND said.verdict <> 'withdrawn'
     AND said.source = ANY(%(sources)s::varchar[])
     AND NOT EXISTS (SELECT FROM signals_label n WHERE n.supersedes_id = said.id AND n.known_at <= t.observed_at)
   ORDER BY array_position(%(sources)s::varchar[], said.source), said.known_at DESC, said.id DESC LIMIT 1
"""
_COUNTED = """count(*) FILTER (WHERE truth.verdict IN ('good', 'bad')) AS judged,
         count(*) FILTER (WHERE truth.verdict = 'bad') AS bad"""

# One line for each target of a reporter: who reports the same thing often is right or wrong once.
STATEMENT = f"""
WITH scored AS MATERIALIZED (
  SELECT e.id, e.source_id, e.external_id, e.occurred_at, e.observed_at, (e.roles ->> 'reporter')::bigint AS reporter
  FROM signals_event e
  WHERE e.id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND e.kind = ANY(%(kinds)s) AND e.roles ? 'reporter'
), own AS (
  SELECT t.id, {_COUNTED}
  FROM scored t CROSS JOIN LATERAL (
    SELECT near.target, min(near.observed_at) AS observed_at
    FROM (
      SELECT (o.roles ->> 'target')::bigint AS target, i.observed_at
      FROM signals_involvement i JOIN signals_event o ON o.id = i.event_id
      WHERE i.entity_id = t.reporter AND i.role = 'reporter' AND i.kind = ANY(%(kinds)s)
        AND i.occurred_at > t.occurred_at - interval '180 days' AND i.occurred_at < t.occurred_at
        AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
      ORDER BY i.occurred_at DESC, i.event_id DESC LIMIT %(own)s) near
    GROUP BY near.target) report
  LEFT JOIN LATERAL ({_TRUTH.format(report="report")}) truth ON true
  GROUP BY t.id
), everybody AS (
  SELECT t.id, {_COUNTED}
  FROM scored t CROSS JOIN LATERAL (
    SELECT (o.roles ->> 'target')::bigint AS target, o.observed_at FROM signals_event o
    WHERE o.kind = 'report.created' AND o.occurred_at > t.occurred_at - interval '180 days'
      AND o.occurred_at < t.occurred_at AND o.observed_at <= t.observed_at
      AND NOT EXISTS (
        SELECT FROM signals_event later WHERE later.source_id = o.source_id AND later.external_id = o.external_id
          AND later.observed_at > o.observed_at AND later.observed_at <= t.observed_at)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT %(all)s) report
  LEFT JOIN LATERAL ({_TRUTH.format(report="report")}) truth ON true
  GROUP BY t.id
)
SELECT t.id, coalesce(own.judged, 0), coalesce(own.bad, 0), coalesce(everybody.judged, 0), coalesce(everybody.bad, 0)
FROM scored t LEFT JOIN own ON own.id = t.id
LEFT JOIN everybody ON everybody.id = t.id
"""

_SAYS = [source for source in LabelSource.values if source not in ("user_report", "rule", "gold")]


def values(batch: Batch) -> Values:
    """Compute the trust in the reporters of a batch with one statement."""
    if batch.kinds.isdisjoint(REPORTED):
        return {}
    given = {
        "ids": db.array(batch.ids), "kinds": list(REPORTED), "own": MOST_OWN, "all": MOST_ALL, "events": MOST_EVENTS,
        "sources": _SAYS,
    }  # fmt: skip
    return {event_id: _figures(*counts) for event_id, *counts in db.prepared(STATEMENT, given)}


def _figures(judged: int, right: int, all_judged: int, all_right: int) -> dict[str, Value]:
    usual = (all_right + 1) / (all_judged + 2)
    return {
        "reporter_judged_180d": judged,
        "reporter_right_180d": right,
        "reporter_accuracy": (right + PRIOR * usual) / (judged + PRIOR),
    }
