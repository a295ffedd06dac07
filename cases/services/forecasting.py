"""How many cases will miss their due time in the next hours: a sum anybody can do again by hand. Pure.

Each hour the cases expected come in, and as many are closed as people close at that hour of the day, those due first
before all others. What is then left of the cases due in that hour is late. Numbers are means, so they have fractions.
The real order is by expected loss, which serves some cases before ones that are due earlier: the forecast is the least
that will be late, not the most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HOURS: Final = 24
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour ahead, 1 being the next: what comes in, what is closed, what becomes late, what is open at its end."""

    ahead: int
    arriving: float
    closing: float
    late: float
    open_at_end: float


def usual(counts: Sequence[int], *, days: int) -> list[float]:
    """Return the mean count of each of the next 24 hours, from those of the same hour on the days before.

    Args:
        counts: by full hours before now, the latest first; 24 for each of `days` days.
    """
    return [sum(counts[HOURS - ahead + HOURS * day] for day in range(days)) / days for ahead in range(1, HOURS + 1)]


def forecast(
    *,
    late: int,
    due: Sequence[int],
    later: int,
    arrivals: Sequence[float],
    closings: Sequence[float],
    promise_hours: float,
) -> list[Hour]:
    """Return the next 24 hours.

    Args:
        late: open cases that are late already.
        due: how many open cases are due in each of the next 24 hours.
        later: how many are due after that.
        arrivals, closings: means of each of the next 24 hours.
        promise_hours: how long after its opening a usual case is due.
    """
    waiting = [float(late), *(float(count) for count in due)]
    beyond, found = float(later), []
    for ahead in range(1, HOURS + 1):
        arriving, due_in = arrivals[ahead - 1], ahead + max(0, round(promise_hours))
        if due_in <= HOURS:
            waiting[due_in] += arriving
        else:
            beyond += arriving
        closing = _serve(waiting, closings[ahead - 1])
        more = min(beyond, closings[ahead - 1] - closing)
        beyond, closing = beyond - more, closing + more
        missed, waiting[ahead] = waiting[ahead], 0.0
        waiting[0] += missed
        found.append(Hour(ahead, arriving, closing, missed, sum(waiting) + beyond))
    return found


def _serve(waiting: list[float], capacity: float) -> float:
    """Take cases away, those due first before all others; return how many."""
    left = capacity
    for place, count in enumerate(waiting):
        taken = min(count, left)
        waiting[place], left = count - taken, left - taken
    return capacity - left
