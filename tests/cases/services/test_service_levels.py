"""Due times keep their promises: in opening hours, with waits left out, and again when a promise changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.models import Case, Queue, SlaPolicy, WorkingCalendar
from cases.services import (
    calendars,
    claims,
    correlation,
    priority,
    promises,
    ranking,
    service_levels,
    waiting,
    working_time,
)
from signals.enums import Severity
from tests.cases import build
from tests.factories import NOON, after
from tscore.core import db

OFFICE = [[[9 * 60, 17 * 60]]] * 5 + [[], []]
FRIDAY = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)


def calendar(**fields):
    made = WorkingCalendar.objects.create(
        **({"name": "Office", "time_zone": "Europe/Lisbon", "hours": OFFICE} | fields)
    )
    with transaction.atomic():
        calendars.write_out(made, now=NOON)
    return made


def promise(queue, severity="high", **fields):
    SlaPolicy.objects.filter(queue=queue, severity=severity).update(**fields)


def run_stage(now, limit=500):
    total = 0
    while handled := service_levels.recompute_due(limit=limit, now=now):
        total += handled
    return total


def test_starter_promises_are_those_of_the_interfaces(db):
    found = {
        (policy.queue.slug, policy.severity): (policy.target_minutes, policy.calendar)
        for policy in SlaPolicy.objects.select_related("queue")
    }

    assert found == {
        (queue.slug, severity): (queue.due_minutes.get(severity, queue.due_minutes["other"]), None)
        for queue in Queue.objects.all()
        for severity in Severity.values
    }


def test_case_is_due_in_opening_hours(queue_a):
    promise(queue_a, calendar=calendar())

    case = build.case(at=FRIDAY, severity="high")

    assert case.due_at == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)


def test_holiday_moves_the_due_time(queue_a):
    promise(queue_a, calendar=calendar(holidays=[date(2026, 3, 9)]))

    assert build.case(at=FRIDAY, severity="high").due_at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_clock_stands_still_while_waiting_for_somebody_and_goes_on_with_the_rest(queue_a, ada):
    case = build.held_case(ada, severity="high")  # due after 60 minutes

    waiting.snooze(case_id=case.pk, actor=ada, until=after(120), wait_for="user", now=after(20))
    waiting.wake_due(limit=10, now=after(120))

    case.refresh_from_db()
    assert (case.paused, case.due_at) == (timedelta(minutes=100), after(160))
    assert case.rerank_at == after(120)


def test_clock_goes_on_while_a_case_is_only_put_aside(queue_a, ada):
    case = build.held_case(ada, severity="high")

    waiting.snooze(case_id=case.pk, actor=ada, until=after(120), now=after(20))
    waiting.wake_due(limit=10, now=after(120))

    case.refresh_from_db()
    assert (case.paused, case.due_at) == (timedelta(), after(60))


def test_taking_a_waiting_case_starts_its_clock(queue_a, ada):
    case = build.held_case(ada, severity="high")
    waiting.snooze(case_id=case.pk, actor=ada, until=after(120), wait_for="bank", now=after(20))

    claims.claim(case_id=case.pk, actor=ada, now=after(50))

    case.refresh_from_db()
    assert (case.paused, case.due_at) == (timedelta(minutes=30), after(90))
    assert list(case.waits.values_list("wait_for", "started_at", "ended_at")) == [("bank", after(20), after(50))]


def test_what_was_late_before_its_wait_stays_late(queue_a, ada):
    case = build.held_case(ada, severity="high")

    waiting.snooze(case_id=case.pk, actor=ada, until=after(200), wait_for="user", now=after(70))
    waiting.wake_due(limit=10, now=after(200))

    case.refresh_from_db()
    assert case.due_at == after(190)


def test_new_evidence_keeps_the_pause(queue_a, ada):
    case = build.held_case(ada, severity="high")
    waiting.snooze(case_id=case.pk, actor=ada, until=after(120), wait_for="user", now=after(20))
    waiting.wake_due(limit=10, now=after(120))

    build.signal(case.entity, severity="critical", events=(build.login("a-1", after(121)),), at=after(121))
    correlation.correlate_pending(limit=10, now=after(121))

    case.refresh_from_db()
    assert (case.severity, case.due_at) == ("critical", after(130))


def test_wait_counts_only_opening_time(queue_a, ada):
    promise(queue_a, calendar=calendar(), target_minutes=60)
    case = build.held_case(ada, at=FRIDAY, severity="high")

    monday = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
    waiting.snooze(case_id=case.pk, actor=ada, until=monday, wait_for="user", now=FRIDAY + timedelta(minutes=10))
    waiting.wake_due(limit=10, now=monday)

    case.refresh_from_db()
    assert case.paused == timedelta(minutes=20 + 60)
    assert case.due_at == datetime(2026, 3, 9, 10, 50, tzinfo=UTC)


def test_changed_promise_reaches_open_cases_through_the_stage(queue_a, ada):
    found = [build.case(f"a-{number}", severity="high") for number in range(5)]
    other = build.case("a-9", severity="low")
    held = claims.claim(case_id=found[0].pk, actor=ada, now=NOON)
    promise(queue_a, target_minutes=600)
    service_levels.ask_again([queue_a.pk])

    handled = run_stage(after(1), limit=1)

    assert handled >= 6
    assert set(Case.objects.filter(severity="high").values_list("due_at", flat=True)) == {after(600)}
    assert Case.objects.get(pk=other.pk).due_at == after(240)
    assert Case.objects.get(pk=held.pk).claimed_by == ada
    assert Queue.objects.values_list("recompute_after", "recompute_at").get(pk=queue_a.pk) == (0, after(3))


def test_case_opened_behind_the_stage_is_found_in_the_second_round(queue_a):
    promise(queue_a, target_minutes=600)
    service_levels.ask_again([queue_a.pk])
    run_stage(after(1))
    late = build.case()
    Case.objects.filter(pk=late.pk).update(due_at=after(60))  # as one that read the old promise

    run_stage(after(2))
    assert Case.objects.get(pk=late.pk).due_at == after(60)
    run_stage(after(3))

    assert Case.objects.get(pk=late.pk).due_at == after(600)
    assert Queue.objects.values_list("recompute_after", "recompute_at").get(pk=queue_a.pk) == (None, None)


def test_changed_promise_ranks_open_cases_anew(queue_a):
    case = build.case(severity="high")  # due after an hour: all used after two
    priority.rerank_due(limit=10, now=after(120))
    promise(queue_a, target_minutes=480)
    service_levels.ask_again([queue_a.pk])

    run_stage(after(120))

    case.refresh_from_db()
    used = ranking.used_share(opened_at=NOON, due_at=case.due_at, now=after(120))
    assert (used, case.due_at, case.rerank_at) == (0.25, after(480), after(240))
    assert case.priority == pytest.approx(case.probability * case.stake_minor * 1.25)


def test_closed_cases_keep_the_promise_they_had(queue_a, ada):
    case = build.held_case(ada, severity="high")
    build.decision(case)
    promise(queue_a, target_minutes=600)
    service_levels.ask_again([queue_a.pk])

    run_stage(after(1))

    assert Case.objects.get(pk=case.pk).due_at == after(60)


@pytest.mark.parametrize("size", [1, 3])
def test_step_takes_as_many_statements_for_three_as_for_one(queue_a, size):
    for number in range(size):
        build.case(f"a-{number}")
    service_levels.ask_again([queue_a.pk])

    with CaptureQueriesContext(connection) as asked:
        service_levels.recompute_due(limit=500, now=after(1))

    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == 5


def test_calendar_is_written_further_out_as_time_goes_by(queue_a):
    made = calendar()
    promise(queue_a, calendar=made)
    later = NOON + timedelta(days=500)

    run_stage(later)

    made.refresh_from_db()
    assert made.spans_until == later + calendars.WRITTEN_AHEAD
    run_stage(later + timedelta(minutes=2))
    assert service_levels.recompute_due(limit=10, now=later + timedelta(minutes=3)) == 0


_BETWEEN = promises.BETWEEN_SQL.format(calendar="policy.calendar_id", start="asked.opened_at", end="asked.later")
_ONE = f"""
SELECT {promises.DUE_SQL.format(case="asked")}, {_BETWEEN}
  FROM (SELECT %(opened)s::timestamptz AS opened_at, %(later)s::timestamptz AS later, 'high' AS severity,
               %(paused)s::interval AS paused, '{{"other": 1}}'::jsonb AS due_minutes) asked
 CROSS JOIN (SELECT %(calendar)s::bigint AS calendar_id, %(minutes)s::int AS target_minutes) policy
"""


@pytest.fixture
def written_calendars(db):
    hours = {
        "Office": OFFICE,
        "Split": [[[0, 60], [600, 720], [1380, 1440]]] * 7,
        "Sundays": [[]] * 6 + [[[0, 1440]]],
    }
    made = [calendar(name=name, hours=found, time_zone="America/New_York") for name, found in hours.items()]
    return [(one, calendars.spans_of(one, now=NOON)) for one in made]


def test_sql_and_python_count_alike(written_calendars):
    minutes = st.integers(1, 20_000)

    @settings(max_examples=150, deadline=None)
    @given(st.sampled_from(written_calendars), st.integers(0, 400_000), minutes, minutes, st.integers(0, 9_999_999))
    def agree(pair, start, target, paused, later):
        made, spans = pair
        opened, pause = NOON + timedelta(seconds=start), timedelta(seconds=paused)
        end = opened + timedelta(seconds=later)
        terms = {"opened": opened, "later": end, "paused": pause, "calendar": made.pk, "minutes": target}

        [(due, between)] = db.rows(_ONE, terms)

        assert due == working_time.add(spans, opened, timedelta(minutes=target) + pause)
        assert between == working_time.worked(spans, end) - working_time.worked(spans, opened)

    agree()
