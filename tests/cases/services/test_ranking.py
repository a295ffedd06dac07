"""The arithmetic of the order of work."""

from datetime import timedelta

import pytest

from cases.services import ranking
from tests.factories import NOON, after

DUE = NOON + timedelta(minutes=60)


@pytest.mark.parametrize(
    ("minutes", "used"),
    [(-5, 0), (0, 0), (14.9, 0), (15, 0.25), (59, 0.75), (60, 1.0), (119, 1.75), (120, 2.0), (6000, 2.0)],
)
def test_used_share_grows_in_quarters_and_stops_at_two(minutes, used):
    assert ranking.used_share(opened_at=NOON, due_at=DUE, now=after(minutes)) == used


@pytest.mark.parametrize(("used", "minutes"), [(0, 15), (0.25, 30), (1.75, 120)])
def test_next_step_is_the_next_quarter(used, minutes):
    assert ranking.next_step_at(opened_at=NOON, due_at=DUE, used=used) == after(minutes)


def test_next_step_ends_with_the_growth():
    assert ranking.next_step_at(opened_at=NOON, due_at=DUE, used=2.0) is None


def test_priority_multiplies_its_three_terms():
    assert ranking.priority(probability=0.5, stake_minor=2000, used=1.0) == 2000


@pytest.mark.parametrize(("severity", "minutes"), [("critical", 30), ("high", 60), ("medium", 240), ("info", 240)])
def test_due_at_follows_severity(severity, minutes):
    promised = ranking.due_at(opened_at=NOON, severity=severity, due_minutes={"critical": 30, "high": 60, "other": 240})

    assert promised == after(minutes)
