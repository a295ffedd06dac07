"""Closed cases like this one, with what became of them: by the findings they share and what was at stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cases.models import Case
from tscore.core import db

# How many of the newest closed cases of each queue are compared, and how many are shown.
COMPARED, SHOWN = 300, 5
# Two stakes count as about the same where neither is more than this many times the other.
NEAR_STAKE: Final = 2.0
_STAKE_WEIGHT: Final = 0.2

_READ: Final = """
WITH near AS MATERIALIZED (
  SELECT past.* FROM unnest(%(queues)s::bigint[]) AS queue(id)
   CROSS JOIN LATERAL (
     SELECT c.id, c.headline, c.stake_minor, c.closed_at FROM cases_case c
      WHERE c.queue_id = queue.id AND c.state = 'closed' AND c.abuse_type_id = %(abuse_type)s AND c.id <> %(case)s
      ORDER BY c.closed_at DESC LIMIT %(compared)s) past
  UNION ALL SELECT c.id, c.headline, c.stake_minor, c.closed_at FROM cases_case c WHERE c.id = %(case)s),
facts AS MATERIALIZED (
  SELECT near.id, array_agg(DISTINCT detector.title) AS detectors, array_agg(DISTINCT reason->>'code') AS codes
    FROM near
    JOIN cases_casesignal attached ON attached.case_id = near.id
    JOIN signals_signal signal ON signal.id = attached.signal_id AND signal.retracted_at IS NULL
    JOIN signals_detector detector ON detector.id = signal.detector_id
    CROSS JOIN LATERAL jsonb_array_elements(signal.reasons) reason
   GROUP BY near.id)
SELECT near.id, near.headline, near.stake_minor, near.closed_at, facts.detectors, facts.codes,
       made.verdict, made.label_class, made.is_reversed
  FROM near JOIN facts USING (id)
  LEFT JOIN LATERAL (
    SELECT decision.verdict, decision.label_class,
           EXISTS (SELECT FROM cases_decision later WHERE later.supersedes_id = decision.id) AS is_reversed
      FROM cases_decision decision WHERE decision.case_id = near.id AND decision.supersedes_id IS NULL
     ORDER BY decision.id DESC LIMIT 1) made ON true
 WHERE near.id = %(case)s OR (made.verdict IS NOT NULL
   AND (facts.codes && (SELECT codes FROM facts WHERE id = %(case)s)
     OR facts.detectors && (SELECT detectors FROM facts WHERE id = %(case)s)))
"""


@dataclass(frozen=True, slots=True)
class Similar:
    """A closed case: its outcome, whether it was taken back later, and what it has in common with the one at hand."""

    ref: str
    headline: str
    closed_at: datetime
    verdict: str
    label_class: str
    is_reversed: bool
    shared: list[str]
    likeness: float


def similar_to(*, case: Case, queue_ids: Sequence[int]) -> list[Similar]:
    """Return the five closed cases of the same abuse type most like this one, of these queues; the likest first.

    The newest 300 closed cases of each queue are compared, in one statement.
    """
    terms = {"case": case.pk, "abuse_type": case.abuse_type_id, "queues": list(queue_ids), "compared": COMPARED}
    rows = {row[0]: row for row in db.rows(_READ, terms)}
    mine = rows.pop(case.pk, None)
    if mine is None:
        return []
    found = [_similar(mine, row) for row in rows.values()]
    return sorted(found, key=lambda one: (-one.likeness, -one.closed_at.timestamp()))[:SHOWN]


def _similar(mine: tuple[Any, ...], row: tuple[Any, ...]) -> Similar:
    pk, headline, stake, closed_at, detectors, codes, verdict, label_class, is_reversed = row
    is_near = max(stake, mine[2]) <= NEAR_STAKE * min(stake, mine[2])
    alike, titles = _overlap(mine[4], detectors)
    also, words = _overlap(mine[5], codes)
    shared = [*titles, *(word.replace("_", " ") for word in words), *(["about as much at stake"] if is_near else [])]
    return Similar(
        ref=f"C-{pk}",
        headline=headline,
        closed_at=closed_at,
        verdict=verdict,
        label_class=label_class,
        is_reversed=is_reversed,
        shared=shared,
        likeness=alike + also + _STAKE_WEIGHT * is_near,
    )


def _overlap(one: Sequence[str], other: Sequence[str]) -> tuple[float, list[str]]:
    """Return the share of words that two lists have in common, and those."""
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / len(mine | theirs), sorted(mine & theirs)
