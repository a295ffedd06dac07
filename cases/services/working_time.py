"""Opening hours as arithmetic: which stretches are open, what so much opening time after an instant is. Pure.

Without spans a calendar is open day and night. Spans are stretches of time in order that neither overlap nor touch;
both of their ends count as open, so that something may be due in the minute a shop closes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from tscore.core.errors import FieldProblem, Invalid

DAY_MINUTES: Final = 24 * 60
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Minutes of the day: opens, closes. One list for each weekday, Monday first.
Hours = Sequence[Sequence[tuple[int, int]]]


class BadHours(Invalid):
    """These opening hours cannot be kept. Look at the marked fields."""


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of opening time; `before` is the opening time of all earlier stretches."""

    opens_at: datetime
    closes_at: datetime
    before: timedelta


class OutOfSpans(ValueError):
    """The calendar is not written out so far."""


def check(hours: Hours) -> None:
    """Raise BadHours unless each day lists stretches in order within the day and some day is open.

    A night is written as the end of one day (closes at 24:00) and the start of the next.
    """
    problems = [
        FieldProblem(f"hours/{day}", "invalid", f"{DAYS[day]}: give opening before closing, 00:00 to 24:00.")
        for day, stretches in enumerate(hours)
        if not _in_order([minute for stretch in stretches for minute in stretch])
    ]
    if not any(hours):
        problems.append(FieldProblem("hours/0", "missing", "Open on at least one day."))
    if problems or len(hours) != len(DAYS):
        raise BadHours(fields=problems)


def spans(hours: Hours, *, zone: ZoneInfo, holidays: Collection[date], first: date, last: date) -> list[Span]:
    """Return the open stretches from the first to the last day, both included, by the wall clock of a zone."""
    stretches = list(_joined(_stretches(hours, zone, holidays, first, last)))
    before = accumulate((closes - opens for opens, closes in stretches), initial=timedelta())
    return [Span(opens, closes, sofar) for (opens, closes), sofar in zip(stretches, before, strict=False)]


def worked(spans: Sequence[Span], at: datetime) -> timedelta:
    """Return the opening time from the start of the spans up to an instant."""
    place = bisect_right(spans, at, key=lambda span: span.opens_at) - 1
    if place < 0:
        return timedelta()
    return spans[place].before + min(at, spans[place].closes_at) - spans[place].opens_at


def add(spans: Sequence[Span], start: datetime, time: timedelta) -> datetime:
    """Return the instant so much opening time after another; for no time at all, the next open instant.

    Raises:
        OutOfSpans: the instant lies behind the last span.
    """
    if time <= timedelta():
        return _next_open(spans, start)
    wanted = worked(spans, start) + time
    place = bisect_left(spans, wanted, key=lambda span: span.before) - 1
    found = spans[place].opens_at + (wanted - spans[place].before)
    if found > spans[place].closes_at:
        raise OutOfSpans
    return found


def is_open(spans: Sequence[Span], at: datetime) -> bool:
    """Tell whether an instant lies in a span, its ends included."""
    place = bisect_right(spans, at, key=lambda span: span.opens_at) - 1
    return place >= 0 and at <= spans[place].closes_at


def _next_open(spans: Sequence[Span], at: datetime) -> datetime:
    if is_open(spans, at):
        return at
    place = bisect_right(spans, at, key=lambda span: span.opens_at)
    if place == len(spans):
        raise OutOfSpans
    return spans[place].opens_at


def _in_order(minutes: Sequence[int]) -> bool:
    within = all(0 <= minute <= DAY_MINUTES for minute in minutes)
    return within and all(early < late for early, late in pairwise(minutes))


def _stretches(
    hours: Hours, zone: ZoneInfo, holidays: Collection[date], first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    closed = frozenset(holidays)
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        for opens, closes in () if day in closed else hours[day.weekday()]:
            start, end = _instant(day, opens, zone), _instant(day, closes, zone)
            if start < end:  # an hour that the clocks skip in spring has no length
                yield start, end


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return a minute of a day by the wall clock; 24:00 is the start of the next day."""
    on = day + timedelta(days=minute // DAY_MINUTES)
    hour, rest = divmod(minute % DAY_MINUTES, 60)
    return datetime(on.year, on.month, on.day, hour, rest, tzinfo=zone).astimezone(UTC)


def _joined(stretches: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches, those that touch as one."""
    held: tuple[datetime, datetime] | None = None
    for opens, closes in stretches:
        if held is not None and opens <= held[1]:
            held = (held[0], max(held[1], closes))
            continue
        if held is not None:
            yield held
        held = (opens, closes)
    if held is not None:
        yield held
