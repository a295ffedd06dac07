from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.services import working_time
from cases.services.working_time import BadHours, OutOfSpans, Span, add, check, is_open, spans, worked

FIRST, LAST = date(2026, 3, 1), date(2026, 4, 30)  # clocks change on 8 March (New York) and 29 March (Lisbon)
ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata")
OFFICE = [[(9 * 60, 17 * 60)]] * 5 + [[], []]


@st.composite
def one_day(draw):
    minutes = draw(st.lists(st.integers(0, 1440), max_size=4, unique=True))
    minutes = sorted(minutes)[: len(minutes) // 2 * 2]
    return list(zip(minutes[::2], minutes[1::2], strict=True))


calendars = st.builds(
    lambda hours, zone, holidays: spans(hours, zone=ZoneInfo(zone), holidays=holidays, first=FIRST, last=LAST),
    st.lists(one_day(), min_size=7, max_size=7).filter(any),
    st.sampled_from(ZONES),
    st.sets(st.dates(FIRST, LAST), max_size=5),
)
instants = st.timedeltas(timedelta(), timedelta(days=18)).map(lambda later: datetime(2026, 3, 2, tzinfo=UTC) + later)
times = st.timedeltas(timedelta(), timedelta(hours=60))


def added(calendar, start, time):
    """Add, or return None where the calendar ends before."""
    try:
        return add(calendar, start, time)
    except OutOfSpans:
        return None


@settings(max_examples=300, deadline=None)
@given(calendars, instants, times, times)
def test_adding_one_time_then_another_is_adding_both(calendar, start, one, two):
    first = added(calendar, start, one)
    both = added(calendar, start, one + two)

    if both is not None:
        assert first is not None
        assert added(calendar, first, two) == both


@settings(max_examples=300, deadline=None)
@given(calendars, instants, times)
def test_nothing_is_due_outside_opening_hours(calendar, start, time):
    due = added(calendar, start, time)

    if due is not None:
        assert is_open(calendar, due)
        assert due >= start


@settings(max_examples=300, deadline=None)
@given(calendars, instants, times)
def test_opening_time_until_due_is_what_was_added(calendar, start, time):
    due = added(calendar, start, time)

    if due is not None:
        assert worked(calendar, due) - worked(calendar, start) == time


@settings(max_examples=200, deadline=None)
@given(calendars, instants, instants)
def test_later_starts_are_due_later(calendar, one, two):
    early, late = (added(calendar, start, timedelta(hours=3)) for start in sorted((one, two)))

    if early is not None and late is not None:
        assert early <= late


@settings(max_examples=100, deadline=None)
@given(calendars)
def test_spans_stand_apart_and_count_on(calendar):
    before = timedelta()
    for span, after in zip(calendar, [*calendar[1:], None], strict=True):
        assert span.opens_at < span.closes_at
        assert after is None or span.closes_at < after.opens_at
        assert span.before == before
        before += span.closes_at - span.opens_at


def lisbon(*holidays, hours=OFFICE):
    return spans(hours, zone=ZoneInfo("Europe/Lisbon"), holidays=holidays, first=FIRST, last=LAST)


def test_friday_evening_is_due_on_monday():
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)

    assert add(lisbon(), friday, timedelta(hours=1)) == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)


def test_holiday_is_passed_over():
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)

    due = add(lisbon(date(2026, 3, 9)), friday, timedelta(hours=1))

    assert due == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_wall_clock_moves_with_summer_time():
    saturday = datetime(2026, 3, 28, tzinfo=UTC)  # the clocks go forward in the night to Sunday

    assert add(lisbon(), saturday, timedelta(hours=1)) == datetime(2026, 3, 30, 9, 0, tzinfo=UTC)


def test_end_of_the_day_is_open():
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert add(lisbon(), monday, timedelta(hours=8)) == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_nights_are_joined_over_midnight():
    always = spans([[(0, 1440)]] * 7, zone=ZoneInfo("Europe/Lisbon"), holidays=(), first=FIRST, last=LAST)

    assert always == [Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 30, 23, tzinfo=UTC), timedelta())]


@pytest.mark.parametrize(
    "hours",
    [
        [[]] * 7,
        [[(540, 540)]] + [[]] * 6,
        [[(600, 540)]] + [[]] * 6,
        [[(0, 1441)]] + [[]] * 6,
        [[(0, 600), (540, 700)]] + [[]] * 6,
        [[(0, 600)]] * 6,
    ],
)
def test_hours_that_make_no_day_are_refused(hours):
    with pytest.raises(BadHours):
        check(hours)


def test_office_hours_are_fine():
    check(OFFICE)

    assert len(working_time.DAYS) == 7
