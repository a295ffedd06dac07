"""Measured time: of queues by week for those who answer for them, of a person only for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cases.models import Queue
from tscore.core import db
from tscore.core.models import User

FEWEST_PEOPLE: Final = 5  # of fewer, nobody is shown a figure: it would be one person's
PERIOD: Final = timedelta(days=84)

_FIGURES: Final = """
       count(*) AS cases,
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY active_ms) AS active,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY claimed_ms) AS claimed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY first_input_ms) AS first_input,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY painted_ms) AS painted,
       sum(idle_ms) / nullif(sum(active_ms + idle_ms), 0) AS idle_share
"""

_BY_QUEUE: Final = f"""
SELECT queue_id, date_trunc('week', left_at AT TIME ZONE 'UTC')::date AS week, {_FIGURES}
  FROM cases_casetime
 WHERE queue_id = ANY(%(queues)s::bigint[]) AND left_at > %(since)s
 GROUP BY 1, 2
HAVING count(DISTINCT actor_id) >= %(fewest)s
 ORDER BY 2 DESC, 1
"""

# A week in which a queue is left out has no sum either: what is left out could be reckoned from it.
_TEAM: Final = f"""
  WITH seen AS (SELECT *, date_trunc('week', left_at AT TIME ZONE 'UTC')::date AS week
                  FROM cases_casetime
                 WHERE queue_id = ANY(%(queues)s::bigint[]) AND left_at > %(since)s),
       hidden AS (SELECT week FROM seen GROUP BY queue_id, week HAVING count(DISTINCT actor_id) < %(fewest)s)
SELECT NULL, week, {_FIGURES}
  FROM seen
 WHERE week NOT IN (TABLE hidden)
 GROUP BY week
"""

_OWN: Final = f"""
SELECT queue_id, date_trunc('week', left_at AT TIME ZONE 'UTC')::date AS week, {_FIGURES}
  FROM cases_casetime
 WHERE actor_id = %(actor)s AND left_at > %(since)s
 GROUP BY 1, 2
 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class TimeRow:
    """The times of one queue in one week (from its Monday, UTC); seconds, None where nothing was measured."""

    queue: str
    week: str
    cases: int
    active_s: float | None
    active_p95_s: float | None
    claimed_s: float | None
    first_input_s: float | None
    painted_p95_s: float | None
    idle_share: float | None


def of_queues(*, queues: Sequence[Queue], now: datetime) -> list[TimeRow]:
    """Return the last twelve weeks, newest first: each queue, and all of them together as the team.

    A week in which fewer than five people worked on a queue is left out, and of that week the sum as well.
    """
    terms = {"queues": db.array([queue.pk for queue in queues]), "since": now - PERIOD, "fewest": FEWEST_PEOPLE}
    names = {queue.pk: queue.name for queue in queues}
    each = [_row(names[row[0]], row) for row in db.rows(_BY_QUEUE, terms)]
    team = [_row("All together", row) for row in db.rows(_TEAM, terms)]
    return sorted([*team, *each], key=lambda row: row.week, reverse=True)


def own(*, user: User, now: datetime) -> list[TimeRow]:
    """Return a person's own last twelve weeks by queue, newest first."""
    names = dict(Queue.objects.values_list("pk", "name"))
    return [_row(names[row[0]], row) for row in db.rows(_OWN, {"actor": user.pk, "since": now - PERIOD})]


def _row(queue: str, row: tuple[Any, ...]) -> TimeRow:
    _, week, cases, active, claimed, first_input, painted, idle = row
    return TimeRow(
        queue=queue,
        week=str(week),
        cases=cases,
        active_s=_seconds(active[0]),
        active_p95_s=_seconds(active[1]),
        claimed_s=_seconds(claimed),
        first_input_s=_seconds(first_input),
        painted_p95_s=_seconds(painted),
        idle_share=None if idle is None else round(float(idle), 3),
    )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 1)
