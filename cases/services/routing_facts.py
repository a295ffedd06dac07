"""What routing rules may ask of cases, read for a whole batch in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from cases.services.rulebook.rules import Facts
from tscore.core import db, money

# `mine` = the cases, `live` = their live signals. The country is that of the newest trigger that names one, else what
# the subject itself carries; the age is at the opening of the case, so that it is the same whenever it is asked.
_FACTS = """
WITH mine AS MATERIALIZED (
  SELECT c.id, c.entity_id, c.abuse_type_id, c.queue_id, c.routing_rule_id, c.state, c.escalated_at, c.severity, c.lane,
         c.probability, c.stake_minor, c.follows_id, c.opened_at
    FROM cases_case c WHERE c.id = ANY(%(cases)s)),
live AS MATERIALIZED (
  SELECT attached.case_id, signal.id, signal.techniques, detector.name AS detector, source.name AS source
    FROM mine
    JOIN cases_casesignal attached ON attached.case_id = mine.id
    JOIN signals_signal signal ON signal.id = attached.signal_id AND signal.retracted_at IS NULL
    JOIN signals_detector detector ON detector.id = signal.detector_id
    JOIN signals_source source ON source.id = signal.source_id),
counted AS (
  SELECT case_id, count(*) AS signals, array_agg(DISTINCT detector) AS detectors, array_agg(DISTINCT source) AS sources
    FROM live GROUP BY case_id),
used AS (
  SELECT live.case_id, array_agg(DISTINCT technique) AS techniques
    FROM live CROSS JOIN LATERAL unnest(live.techniques) AS named (technique) GROUP BY live.case_id),
seen AS (
  SELECT DISTINCT ON (live.case_id) live.case_id, event.payload ->> 'country' AS country
    FROM live
    JOIN signals_signalevent evidence ON evidence.signal_id = live.id AND evidence.position = 0
    JOIN signals_event event ON event.id = evidence.event_id
   WHERE event.payload ? 'country'
   ORDER BY live.case_id, event.occurred_at DESC, event.id DESC)
SELECT mine.id, mine.abuse_type_id, mine.queue_id, mine.routing_rule_id AS rule_id, mine.state, mine.escalated_at,
       mine.opened_at, mine.severity, mine.lane, mine.probability, mine.stake_minor, mine.follows_id,
       subject.kind AS subject_kind, subject.state AS subject_state, subject.hub AS subject_hub,
       extract(epoch FROM mine.opened_at - subject.first_seen_at)::float / 86400 AS subject_age,
       coalesce(seen.country, subject.attributes ->> 'country') AS country,
       coalesce(counted.signals, 0) AS signals, counted.detectors, counted.sources, used.techniques
  FROM mine
  JOIN signals_entity subject ON subject.id = mine.entity_id
  LEFT JOIN counted ON counted.case_id = mine.id
  LEFT JOIN used ON used.case_id = mine.id
  LEFT JOIN seen ON seen.case_id = mine.id
 ORDER BY mine.id
"""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case as rules see it, and where it stands now."""

    id: int
    queue_id: int
    rule_id: int | None
    state: str
    is_escalated: bool
    opened_at: datetime
    facts: Facts


def of_cases(case_ids: Sequence[int]) -> list[CaseFacts]:
    """Return the facts of cases in the order of their ids; one statement, however many."""
    unit = 10 ** money.exponent(settings.BASE_CURRENCY)
    return [_read(row, unit) for row in db.dicts(_FACTS, {"cases": list(case_ids)})]


def _read(row: dict[str, Any], unit: int) -> CaseFacts:
    facts = {
        "abuse_type": row["abuse_type_id"],
        "severity": row["severity"],
        "score": row["probability"],
        "stake": row["stake_minor"] / unit,
        "signals": float(row["signals"]),
        "detector": frozenset(row["detectors"] or ()),
        "technique": frozenset(row["techniques"] or ()),
        "source": frozenset(row["sources"] or ()),
        "lane": row["lane"],
        "subject_kind": row["subject_kind"],
        "subject_state": row["subject_state"] or None,
        "subject_age": max(0.0, row["subject_age"]),
        "subject_hub": "yes" if row["subject_hub"] else "no",
        "country": row["country"],
        "repeat": "yes" if row["follows_id"] else "no",
    }
    return CaseFacts(
        id=row["id"],
        queue_id=row["queue_id"],
        rule_id=row["rule_id"],
        state=row["state"],
        is_escalated=row["escalated_at"] is not None,
        opened_at=row["opened_at"],
        facts=facts,
    )
