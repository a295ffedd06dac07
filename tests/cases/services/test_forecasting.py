import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.services.forecasting import HOURS, forecast, usual

counts = st.lists(st.integers(0, 20), min_size=HOURS, max_size=HOURS)
means = st.lists(st.floats(0, 20), min_size=HOURS, max_size=HOURS)
promises = st.floats(0, 48)


def late_of(**given_terms):
    return sum(hour.late for hour in forecast(**given_terms))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 20), counts, st.integers(0, 50), means, means, promises)
def test_no_case_appears_or_vanishes(late, due, later, arrivals, closings, promise):  # noqa: PLR0917
    hours = forecast(late=late, due=due, later=later, arrivals=arrivals, closings=closings, promise_hours=promise)

    came, went = sum(hour.arriving for hour in hours), sum(hour.closing for hour in hours)
    assert hours[-1].open_at_end == pytest.approx(late + sum(due) + later + came - went, abs=1e-6)
    assert all(0 <= hour.closing <= capacity + 1e-9 for hour, capacity in zip(hours, closings, strict=True))
    assert all(hour.late >= 0 for hour in hours)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 20), counts, st.integers(0, 50), means, means, promises, st.floats(0, 5))
def test_whoever_closes_more_is_late_less(late, due, later, arrivals, closings, promise, more):  # noqa: PLR0917
    terms = {"late": late, "due": due, "later": later, "arrivals": arrivals, "promise_hours": promise}

    usual_late = late_of(**terms, closings=closings)

    assert late_of(**terms, closings=[one + more for one in closings]) <= usual_late + 1e-6


def test_nobody_closing_makes_everything_late_that_falls_due():
    hours = forecast(late=3, due=[2] * HOURS, later=9, arrivals=[1.0] * HOURS, closings=[0.0] * HOURS, promise_hours=4)

    assert [hour.late for hour in hours] == [2.0] * 4 + [3.0] * 20
    assert hours[-1].open_at_end == 3 + 48 + 9 + 24


def test_late_cases_are_closed_before_those_that_may_still_be_in_time():
    hours = forecast(
        late=5, due=[1, *[0] * 23], later=0, arrivals=[0.0] * HOURS, closings=[3.0] * HOURS, promise_hours=4
    )

    assert [hour.late for hour in hours[:3]] == [1.0, 0.0, 0.0]
    assert [hour.open_at_end for hour in hours[:3]] == [3.0, 0.0, 0.0]


def test_usual_hour_is_the_mean_of_the_same_hour_of_earlier_days():
    counts = [0] * 48
    counts[23], counts[47] = 4, 2  # the hour that begins 24 (48) hours ago is the next one, a day (two days) before

    assert usual(counts, days=2) == [3.0] + [0.0] * 23
