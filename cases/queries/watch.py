"""What waits and what goes wrong on the side of judgement: figures for alarms, metrics and the status page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from tscore.core.db import rows

MOST: Final = 100_000
FORECAST: Final = timedelta(hours=24)
_NEWEST: Final = 20_000

# Held actions wait for the end of their undo window, and those without one for a person: neither is late.
_OUTBOX = """
SELECT min(created_at), count(*) FROM (
    SELECT created_at FROM cases_action
     WHERE state IN ('held', 'pending', 'sending', 'unknown') AND (state <> 'held' OR next_at <= %(now)s)
     LIMIT %(most)s) leaving"""

# The first condition is the index's own: it lets the index answer.
_LEAVING = """
SELECT EXISTS (SELECT FROM cases_action WHERE state IN ('held', 'pending', 'sending', 'unknown') AND state <> 'held')"""

_BACKLOGS = """
SELECT queue.slug, (SELECT count(*) FROM (
    SELECT FROM cases_case c WHERE c.queue_id = queue.id AND c.state = 'queued' LIMIT %s) AS counted)
  FROM cases_queue queue ORDER BY queue.position"""

# The newest cases and decisions by number, some thousands at most. Where they reach back less than a day, so does the
# rate; a console that is younger than a day has the rate of its own life, of an hour at least.
_FLOWS = f"""
WITH opened AS MATERIALIZED (
    SELECT queue_id, opened_at, due_at - opened_at AS promise FROM cases_case ORDER BY id DESC LIMIT {_NEWEST}),
decided AS MATERIALIZED (
    SELECT c.queue_id, d.decided_at FROM (
        SELECT case_id, decided_at FROM cases_decision WHERE supersedes_id IS NULL ORDER BY id DESC LIMIT {_NEWEST}) d
      JOIN cases_case c ON c.id = d.case_id),
began AS (SELECT min(opened_at) AS at FROM opened),
reach AS MATERIALIZED (
    SELECT greatest((SELECT at FROM began), %(now)s - interval '24 hours') AS came,
           greatest((SELECT at FROM began), %(now)s - interval '24 hours',
                    (SELECT min(decided_at) FROM decided HAVING count(*) = {_NEWEST})) AS went)
SELECT queue.slug, queue.name,
       (SELECT count(*) FROM cases_case c WHERE c.queue_id = queue.id AND c.state = 'queued'),
       (SELECT count(*) FROM opened WHERE queue_id = queue.id AND opened_at >= reach.came),
       (SELECT count(*) FROM decided WHERE queue_id = queue.id AND decided_at >= reach.went),
       %(now)s - reach.came, %(now)s - reach.went,
       (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY promise) FROM opened WHERE queue_id = queue.id)
  FROM cases_queue queue CROSS JOIN reach ORDER BY queue.position"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One queue in 24 hours, if cases go on to come and to be decided as in the last 24 hours.

    A straight line and nothing more: it knows no shifts, no weekends and no wave that is still to come.
    """

    slug: str
    name: str
    waiting: int
    came: float
    went: float
    promise: timedelta | None

    @property
    def then(self) -> float:
        """Return how many cases will wait."""
        return max(0.0, self.waiting + self.came - self.went)

    @property
    def wait(self) -> timedelta | None:
        """Return how long a case that arrives then will wait for its turn; None where nobody decides any."""
        return FORECAST * (self.then / self.went) if self.went else None

    def will_be_late(self, least: int) -> bool:
        """Tell whether a case that arrives then waits longer than such cases are promised."""
        if self.then < least or self.promise is None:
            return False
        return self.wait is None or self.wait > self.promise


def outbox(*, now: datetime) -> tuple[datetime | None, int]:
    """Return when the action was asked for that has waited longest to be sent, and how many wait (up to `MOST`)."""
    [(oldest, count)] = rows(_OUTBOX, {"now": now, "most": MOST})
    return oldest, count


def lacks_marketplace() -> bool:
    """Tell whether actions wait although nobody said where to send them."""
    return not settings.MARKETPLACE_URL and bool(rows(_LEAVING)[0][0])


def backlogs() -> dict[str, int]:
    """Return how many cases wait in each queue (up to `MOST`), by slug and in the queues' order."""
    return dict(rows(_BACKLOGS, [MOST]))


def forecasts(*, now: datetime) -> list[Forecast]:
    """Return what becomes of each queue in 24 hours at the present pace.

    It counts every waiting case, which is nothing to do each second.
    """
    return [
        Forecast(slug, name, waiting, _a_day(came, came_in), _a_day(went, went_in), promise)
        for slug, name, waiting, came, went, came_in, went_in, promise in rows(_FLOWS, {"now": now})
    ]


def _a_day(count: int, within: timedelta) -> float:
    return count * (FORECAST / max(within, timedelta(hours=1)))
