"""What a person spent on graphic cases, for that person only; for leads a number without names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.enums import VeilCategory
from cases.models import Care, Queue
from cases.services.spared import DEFAULT_LIMIT, SPENT_SQL
from tscore.core import db
from tscore.core.models import User

FEWEST: Final = 3  # people; fewer are not counted out to anybody
_SPENT: Final = f"""
SELECT category, count(*), extract(epoch FROM sum(took))::int FROM ({SPENT_SQL}) spent
 WHERE category <> '' GROUP BY category"""
_LIMITED: Final = f"""
WITH spent AS (
  SELECT person.id AS actor_id, each.category, each.took
    FROM unnest(%(people)s::bigint[]) AS person (id), LATERAL ({SPENT_SQL.replace("%(actor)s", "person.id")}) each),
reached AS (
  SELECT spent.actor_id FROM spent LEFT JOIN cases_care care ON care.person_id = spent.actor_id
   WHERE spent.category <> '' GROUP BY spent.actor_id, care.limit_minutes
  HAVING sum(spent.took) >= coalesce(care.limit_minutes, {DEFAULT_LIMIT}) * interval '1 minute')
SELECT count(*) FROM (
  SELECT actor_id FROM reached
  UNION SELECT person_id FROM cases_care WHERE person_id = ANY(%(people)s) AND %(category)s = ANY(opted_out)) spared"""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One category in this shift: how many cases, how many seconds at most, whether it is handed out."""

    category: str
    label: str
    items: int
    seconds: int
    opted_out: bool


def exposure(*, person: User, wishes: Care, now: datetime) -> list[Exposure]:
    """Return what a person decided of each graphic category in the last twelve hours."""
    found = {word: (count, seconds) for word, count, seconds in db.rows(_SPENT, {"actor": person.pk, "now": now})}
    lines = []
    for category in VeilCategory:
        items, seconds = found.get(category.value, (0, 0))
        lines.append(Exposure(category.value, category.label, items, seconds, category in wishes.opted_out))
    return lines


def limits_active(*, queue: Queue, people: list[int], now: datetime) -> str:
    """Return to how many of a queue's reviewers it is not handed out, for whatever reason; "" for a plain queue.

    A small number would point at somebody, and so would the difference between none and one.
    """
    if not queue.veil_category:
        return ""
    terms = {"people": people, "category": queue.veil_category, "now": now}
    spared = int(db.rows(_LIMITED, terms)[0][0])
    return str(spared) if spared >= FEWEST else f"fewer than {FEWEST}"
