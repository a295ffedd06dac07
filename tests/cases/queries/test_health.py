"""Every figure of the page of a queue's health is counted again here from raw rows, in plain Python."""

import math
import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.queries import health
from tests import factories
from tests.factories import NOON


def store(queue, number, opened_h, *, due_h, closed_h=None, state="queued", wait_for=""):
    closed_at = None if closed_h is None else NOON - timedelta(hours=closed_h)
    return Case.objects.create(
        entity=factories.entity("account", f"a-{number}"), abuse_type=queue.abuse_type, queue=queue,
        state="closed" if closed_at else state, severity="high", stake_minor=1000, probability=0.5, priority=500,
        opened_at=NOON - timedelta(hours=opened_h), closed_at=closed_at, due_at=NOON - timedelta(hours=due_h),
        wait_until=NOON if state == "waiting" else None, wait_for=wait_for,
    )  # fmt: skip


@pytest.fixture
def crowd(queue_a, queue_b):
    """Three hundred cases of both queues at random instants, some closed, some waiting, some late."""
    chance = random.Random(7)
    for number in range(300):
        opened = chance.uniform(0, 240)
        closed = chance.uniform(0, opened) if chance.random() < 0.7 else None
        store(
            chance.choice((queue_a, queue_b)), number, opened, due_h=opened - chance.choice((1, 4, 30, 300)),
            closed_h=closed, **chance.choice(({}, {"state": "waiting"}, {"state": "waiting", "wait_for": "user"})),
        )  # fmt: skip


def test_figures_are_those_of_the_rows(crowd, queue_a):
    found = health.health(queue=queue_a, now=NOON)

    rows = list(Case.objects.filter(queue=queue_a))
    still = [case for case in rows if case.closed_at is None]
    day, week = NOON - timedelta(hours=24), NOON - timedelta(days=7)
    ages = sorted(NOON - case.opened_at for case in still)
    assert found.backlog == len(still)
    assert found.waiting == len([case for case in still if case.wait_for])
    assert found.late == len([case for case in still if not case.wait_for and case.due_at < NOON])
    assert found.opened_day == len([case for case in rows if case.opened_at > day])
    assert found.closed_day == len([case for case in rows if case.closed_at and case.closed_at > day])
    assert found.opened == len([case for case in rows if case.opened_at > week])
    assert found.closed == len([case for case in rows if case.closed_at and case.closed_at > week])
    assert found.oldest_at == min(case.opened_at for case in still)
    assert found.age_p50 == ages[math.ceil(len(ages) * 0.5) - 1]
    assert found.age_p90 == ages[math.ceil(len(ages) * 0.9) - 1]


def test_every_past_hour_is_that_of_the_rows(crowd, queue_a):
    found = health.health(queue=queue_a, now=NOON)

    rows = list(Case.objects.filter(queue=queue_a))
    for hour in found.past:
        start, end = NOON - timedelta(hours=hour.ago), NOON - timedelta(hours=hour.ago - 1)
        assert hour.opened == len([case for case in rows if start < case.opened_at <= end])
        assert hour.closed == len([case for case in rows if case.closed_at and start < case.closed_at <= end])
        assert hour.open_at_end == len(
            [case for case in rows if case.opened_at <= end and (case.closed_at is None or case.closed_at > end)]
        )


def test_forecast_starts_from_the_rows(crowd, queue_a):
    found = health.health(queue=queue_a, now=NOON)

    came, went = sum(hour.arriving for hour in found.ahead), sum(hour.closing for hour in found.ahead)
    running = found.backlog - found.waiting
    assert found.ahead[-1].open_at_end == pytest.approx(running + came - went)
    assert came == pytest.approx(found.opened / 7)
    assert found.days == 7


def test_case_that_nobody_will_reach_is_forecast_to_be_late(queue_a):
    store(queue_a, 1, 1, due_h=-3.5)
    store(queue_a, 2, 1, due_h=-30)
    store(queue_a, 3, 1, due_h=2)
    store(queue_a, 4, 1, due_h=-2.5, state="waiting", wait_for="user")

    found = health.health(queue=queue_a, now=NOON)

    assert found.late == 1
    assert next(hour.ahead for hour in found.ahead if hour.late >= 1) == 4


def test_empty_queue_has_figures_too(queue_a):
    found = health.health(queue=queue_a, now=NOON)

    assert (found.backlog, found.oldest_at, found.age_p50, found.will_be_late) == (0, None, None, 0.0)


@pytest.mark.parametrize("size", [1, 3])
def test_health_takes_five_statements(queue_a, size):
    for number in range(size):
        store(queue_a, number, 1, due_h=-1)

    with CaptureQueriesContext(connection) as asked:
        health.health(queue=queue_a, now=NOON)

    assert len(asked) == 5
