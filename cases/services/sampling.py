"""Lanes of drawn cases: once a day is over, so many of its events as the budget allows, from every part of the traffic.

The design is stratified sampling without putting back, drawn in one walk. Every scored event gets a number, its HMAC
under the lane and the day, which nobody without the key can foresee; of each stratum those with the smallest numbers
are kept (a reservoir), so that a second walk draws the same. How many of a stratum are taken is known once its size is:
its share of the budget, but at least two. The inclusion probability is then taken / size, exactly.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.conf import settings

from cases.models import SamplingLane, SamplingPeriod, SamplingStratum
from cases.services import sampling_rows
from tscore.core import db

# A day is drawn once what it sent is surely stored and scored.
GRACE: Final = timedelta(hours=1)
LEAST: Final = 2
_TRY_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('cases.sampling'))"


def draw_due(*, limit: int, now: datetime) -> int:
    """Walk one step through a day that is over and not drawn yet, and draw it at its end; return how much was done.

    A step and what it kept are stored together, so that an interrupted walk goes on where it was.
    """
    return db.in_transaction(lambda: _step(limit, now))


def _step(limit: int, now: datetime) -> int:
    if not db.rows(_TRY_LOCK)[0][0]:
        return 0
    period = SamplingPeriod.objects.filter(drawn_at=None).select_related("lane").order_by("id").first() or _begin(now)
    if period is None:
        return 0
    if period.event_id >= period.last_event_id:
        return _draw(period, now) + 1
    until = min(period.event_id + limit, period.last_event_id)
    start, end = _bounds(period.day)
    sampling_rows.keep(period=period, until=until, start=start, end=end, key=_key(period))
    period.event_id = until
    period.save(update_fields=["event_id"])
    return limit


def _begin(now: datetime) -> SamplingPeriod | None:
    """Begin the newest day that is over for a lane that has not seen it."""
    day = (now - GRACE).astimezone(UTC).date() - timedelta(days=1)
    lane = SamplingLane.objects.filter(is_on=True).exclude(periods__day__gte=day).order_by("id").first()
    if lane is None:
        return None
    first, last = sampling_rows.id_range(*_bounds(day))
    return SamplingPeriod.objects.create(
        lane=lane, day=day, budget=lane.daily_budget, event_id=first - 1, last_event_id=last
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, tzinfo=UTC)
    return start, start + timedelta(days=1)


def _key(period: SamplingPeriod) -> bytes:
    about = f"sampling\x1f{period.lane.slug}\x1f{period.day.isoformat()}"
    return hmac.digest(settings.TOKEN_KEY, about.encode(), "sha256")


def _draw(period: SamplingPeriod, now: datetime) -> int:
    strata = list(SamplingStratum.objects.filter(period=period).order_by("id"))
    for stratum, taken in zip(strata, shares([row.population for row in strata], period.budget), strict=True):
        stratum.taken = taken
    SamplingStratum.objects.bulk_update(strata, ["taken"])
    drawn = sampling_rows.take(period=period)
    sampling_rows.open_cases(period=period, now=now)
    period.drawn_at = now
    period.save(update_fields=["drawn_at"])
    return drawn


def shares(sizes: Sequence[int], budget: int) -> list[int]:
    """Return how many of each stratum are taken: at least two, or all, the rest by size; never more than the budget.

    Where the budget does not reach for two of each, the largest strata come first and the others are not covered.
    """
    least = [min(LEAST, size) for size in sizes]
    order = sorted(range(len(sizes)), key=lambda index: (-sizes[index], index))
    taken = [0] * len(sizes)
    left = budget
    for index in order:
        taken[index] = min(least[index], left)
        left -= taken[index]
    rest = [size - have for size, have in zip(sizes, taken, strict=True)]
    total = sum(rest)
    exact = [left * part / total if total else 0.0 for part in rest]
    added = [min(part, int(wanted)) for part, wanted in zip(rest, exact, strict=True)]
    taken = [have + more for have, more in zip(taken, added, strict=True)]
    spare = left - sum(added)
    for index in sorted(order, key=lambda index: (int(exact[index]) - exact[index], index)):
        if spare and taken[index] < sizes[index]:
            taken[index] += 1
            spare -= 1
    return taken
