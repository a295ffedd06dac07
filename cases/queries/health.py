"""How a queue fares: what came in, what was closed, what is open and for how long, and what will be late tomorrow.

A case counts for the queue it is in now, and as it is now: one that was reopened is open, not closed. So the backlog of
any earlier instant is the backlog of now, less what came in since, plus what was closed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import permissions
from cases.models import Queue
from cases.services import catalogue, forecasting
from cases.services.forecasting import DAYS, HOURS, Hour
from tscore.core import db, groups
from tscore.core.errors import Missing
from tscore.core.models import User

_TERMS_HOURS = DAYS * HOURS

# Whom a case waits for is set only while its clock stands still: such a case is open, but neither late nor will be.
_OPEN = """
SELECT count(*) AS backlog,
       count(*) FILTER (WHERE c.wait_for <> '') AS waiting,
       count(*) FILTER (WHERE c.state = 'reviewing') AS reviewing,
       count(*) FILTER (WHERE c.wait_for = '' AND c.due_at < %(now)s) AS late,
       min(c.opened_at) AS oldest_at,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY %(now)s - c.opened_at) AS age_p50,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY %(now)s - c.opened_at) AS age_p90
  FROM cases_case c
 WHERE c.queue_id = %(queue)s AND c.state <> 'closed' AND c.opened_at <= %(now)s
"""

_DUE = """
SELECT floor(extract(epoch FROM c.due_at - %(now)s) / 3600)::int AS hour, count(*) AS cases
  FROM cases_case c
 WHERE c.queue_id = %(queue)s AND c.state <> 'closed' AND c.wait_for = '' AND c.opened_at <= %(now)s
   AND c.due_at >= %(now)s
 GROUP BY 1
"""

# Whole hours before now, 0 being the last one; the instant of now itself belongs to it.
_OPENED = """
SELECT floor(extract(epoch FROM %(now)s - c.opened_at) / 3600)::int AS hour, count(*) AS cases
  FROM cases_case c
 WHERE c.queue_id = %(queue)s AND c.opened_at > %(since)s AND c.opened_at <= %(now)s
 GROUP BY 1
"""

_CLOSED = """
SELECT floor(extract(epoch FROM %(now)s - c.closed_at) / 3600)::int AS hour, count(*) AS cases
  FROM cases_case c
 WHERE c.queue_id = %(queue)s AND c.state = 'closed' AND c.closed_at > %(since)s AND c.closed_at <= %(now)s
 GROUP BY 1
"""

_PROMISE = """
SELECT extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY c.due_at - c.opened_at - c.paused))::float / 3600
  FROM cases_case c
 WHERE c.queue_id = %(queue)s AND c.opened_at > %(since)s AND c.opened_at <= %(now)s
"""


@dataclass(frozen=True, slots=True)
class PastHour:
    """One full hour before now, 1 being the last: what came in, what was closed, what was open at its end."""

    ago: int
    opened: int
    closed: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """Figures of one queue. `past` has the last 24 hours, the earliest first; `ahead` the next 24.

    `opened` and `closed` count seven days; `days` says of how many the forecast takes its means.
    """

    queue: Queue
    backlog: int
    waiting: int
    reviewing: int
    late: int
    oldest_at: datetime | None
    age_p50: timedelta | None
    age_p90: timedelta | None
    opened: int
    closed: int
    past: list[PastHour]
    ahead: list[Hour]
    days: int
    promise_hours: float

    @property
    def opened_day(self) -> int:
        """Return how many cases were opened in the last 24 hours."""
        return sum(hour.opened for hour in self.past)

    @property
    def closed_day(self) -> int:
        """Return how many cases were closed in the last 24 hours."""
        return sum(hour.closed for hour in self.past)

    @property
    def will_be_late(self) -> float:
        """Return how many more cases are expected to be late within 24 hours."""
        return sum(hour.late for hour in self.ahead)


def led_queue(user: User, slug: str) -> Queue:
    """Return a queue that a person leads; to administrators all are open.

    Raises:
        Missing: no such queue, or neither.
    """
    queue = catalogue.current().queue_by_slug(slug)
    if not (permissions.may_lead(user, queue) or groups.is_in(user, "admin")):
        raise Missing
    return queue


def led_queues(user: User) -> list[Queue]:
    """Return the queues that a person leads, or all for an administrator, in their fixed order."""
    is_admin = groups.is_in(user, "admin")
    return [queue for queue in catalogue.current().queues.values() if is_admin or permissions.may_lead(user, queue)]


def health(*, queue: Queue, now: datetime) -> QueueHealth:
    """Return the figures of a queue; five statements, however many cases."""
    terms = {"queue": queue.pk, "now": now, "since": now - timedelta(hours=_TERMS_HOURS)}
    [figures] = db.dicts(_OPEN, terms)
    opened, closed = _by_hour(_OPENED, terms), _by_hour(_CLOSED, terms)
    due = dict(db.rows(_DUE, terms))
    [(promise,)] = db.rows(_PROMISE, terms)
    days = _days(opened, closed)
    ahead = forecasting.forecast(
        late=figures["late"],
        due=[due.get(hour, 0) for hour in range(HOURS)],
        later=sum(count for hour, count in due.items() if hour >= HOURS),
        arrivals=forecasting.usual(opened, days=days),
        closings=forecasting.usual(closed, days=days),
        promise_hours=promise or 0.0,
    )
    return QueueHealth(
        queue=queue,
        opened=sum(opened),
        closed=sum(closed),
        past=_past(figures["backlog"], opened, closed),
        ahead=ahead,
        days=days,
        promise_hours=promise or 0.0,
        **figures,
    )


def _by_hour(sql: str, terms: dict[str, object]) -> list[int]:
    found = dict(db.rows(sql, terms))
    return [found.get(hour, 0) for hour in range(_TERMS_HOURS)]


def _days(*counts: Sequence[int]) -> int:
    """Return over how many days there is anything to count, so that a young queue is not thought to be idle."""
    last = max((hour for count in counts for hour, cases in enumerate(count) if cases), default=0)
    return last // HOURS + 1


def _past(backlog: int, opened: Sequence[int], closed: Sequence[int]) -> list[PastHour]:
    found, at_end = [], backlog
    for ago in range(1, HOURS + 1):
        found.append(PastHour(ago, opened[ago - 1], closed[ago - 1], at_end))
        at_end += closed[ago - 1] - opened[ago - 1]
    return found[::-1]
