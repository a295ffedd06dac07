"""Days of traffic are drawn from by design: the same again, in every stratum, within the budget, one case a subject."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Draw, SamplingLane, SamplingPeriod, SamplingStratum
from cases.services import claims, correlation, sampling, sampling_rows
from signals.models import Event, Label
from tests.cases import build
from tests.factories import NOON, entity
from tests.factories import event as make_event

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def lane(db) -> SamplingLane:
    SamplingLane.objects.update(is_on=False)
    return SamplingLane.objects.create(
        slug="test", lane="random", abuse_type_id="account_takeover", kinds=["login.succeeded", "login.failed"],
        daily_budget=6,
    )  # fmt: skip


def traffic(accounts: int, *, kind="login.succeeded", first=0, each=1, at=NOON) -> list[Event]:
    made = [
        make_event(kind, at + timedelta(seconds=turn), account=f"s-{number}", method="password")
        for number in range(first, first + accounts)
        for turn in range(each)
    ]
    Event.objects.filter(pk__in=[event.pk for event in made]).update(scored_at=NOON)
    return made


def draw(now=TOMORROW, limit=7) -> int:
    steps = 0
    while sampling.draw_due(limit=limit, now=now):
        steps += 1
        assert steps < 200
    return steps


def decide(case: Case, reviewer, preset_key: int, at=TOMORROW):
    held = claims.claim(case_id=case.pk, actor=reviewer, now=at)
    return build.decision(held, at=at, **build.choice(preset_key))


def test_a_day_is_drawn_from_every_stratum_within_the_budget(lane):
    traffic(20)
    traffic(10, kind="login.failed", first=20)
    flagged = traffic(1, first=30)[0]
    build.signal(entity("account", "s-30"), events=(flagged,))

    draw()

    strata = SamplingStratum.objects.order_by("kind", "is_flagged").values_list(
        "kind", "is_flagged", "population", "taken"
    )
    assert list(strata) == [
        ("login.failed", False, 10, 2),
        ("login.succeeded", False, 20, 3),
        ("login.succeeded", True, 1, 1),
    ]
    assert sorted(set(Draw.objects.values_list("inclusion_probability", flat=True))) == [0.15, 0.2, 1.0]
    assert (Draw.objects.count(), SamplingPeriod.objects.get().left_out) == (6, 0)


def test_drawn_cases_say_lane_and_probability_and_their_labels_too(lane, ada):
    traffic(12)
    draw()
    case = Case.objects.order_by("id").first()

    decide(case, ada, 3)

    assert (case.lane, case.inclusion_probability, case.queue.slug, case.rerank_at is None) == (
        "random",
        0.5,
        "ato",
        False,
    )
    assert set(Label.objects.values_list("lane", "inclusion_probability")) == {("random", 0.5)}


def test_a_second_walk_draws_the_same_whatever_its_steps(lane):
    traffic(40)
    draw(limit=3)
    first = set(Draw.objects.values_list("event_id", flat=True))
    Draw.objects.all().delete()
    SamplingStratum.objects.all().delete()
    SamplingPeriod.objects.all().delete()

    draw(limit=1000)

    assert set(Draw.objects.values_list("event_id", flat=True)) == first
    assert set(Draw.objects.values_list("joined", flat=True)) == {True}  # by the cases of the first walk


def test_another_day_and_another_lane_draw_others(lane):
    traffic(40)
    SamplingLane.objects.create(
        slug="test-2", lane="gold", abuse_type=lane.abuse_type, kinds=lane.kinds, daily_budget=6
    )

    draw()

    drawn = [set(Draw.objects.filter(stratum__period__lane__slug=slug).values_list("event_id", flat=True))
             for slug in ("test", "test-2")]  # fmt: skip
    assert drawn[0] != drawn[1]


def test_a_subject_with_an_open_case_is_drawn_without_a_second_one(lane, ada):
    open_case = build.case("s-0")
    traffic(1)
    Event.objects.update(scored_at=NOON)

    draw()

    assert list(Case.objects.values_list("id", "lane", "inclusion_probability")) == [(open_case.pk, "detection", None)]
    assert set(Draw.objects.values_list("case_id", "joined", "inclusion_probability")) == {(open_case.pk, True, 1.0)}


def test_a_subject_drawn_twice_has_one_case(lane):
    traffic(1, each=4)

    draw()

    assert (Case.objects.count(), Draw.objects.count(), Draw.objects.filter(joined=False).count()) == (1, 4, 4)


def test_nothing_is_drawn_before_the_day_is_over_and_nothing_twice(lane):
    traffic(5)

    early, steps, again = draw(NOON + timedelta(hours=12, minutes=59)), draw(), draw()

    assert (early > 0, steps > 0, again) == (True, True, 0)
    assert list(SamplingPeriod.objects.order_by("id").values_list("day", flat=True)) == [
        (NOON - timedelta(days=1)).date(), NOON.date(),
    ]  # fmt: skip


def test_events_that_nobody_scored_are_left_out_and_counted(lane):
    traffic(5)
    Event.objects.filter(pk=Event.objects.first().pk).update(scored_at=None)

    draw()

    assert SamplingPeriod.objects.get().left_out == 1
    assert SamplingStratum.objects.get().population == 4


def test_a_signal_that_comes_later_joins_the_drawn_case(lane):
    traffic(1)
    draw()

    build.signal(entity("account", "s-0"), score=0.9, at=TOMORROW)
    correlation.correlate_pending(limit=10, now=TOMORROW)

    case = Case.objects.get()
    assert (case.lane, case.probability, case.severity) == ("random", 0.9, "high")


def test_walking_and_drawing_cost_as_many_statements_for_three_events_as_for_thirty(lane):
    def statements(day: int, accounts: int) -> int:
        at = NOON + timedelta(days=day)
        traffic(accounts, first=100 * day, at=at)
        with CaptureQueriesContext(connection) as captured:
            draw(at + timedelta(days=1), limit=1000)
        return len(captured)

    lane.daily_budget = 100
    lane.save()

    assert statements(1, 3) == statements(3, 30)


@pytest.mark.parametrize("seed", range(20))
def test_shares_keep_to_the_budget_and_reach_every_stratum(seed):
    chance = random.Random(seed)
    sizes = [chance.choice([1, 2, 5, 50, 900]) for _ in range(chance.randrange(1, 9))]
    budget = chance.randrange(2 * len(sizes), 300)

    taken = sampling.shares(sizes, budget)

    assert sum(taken) == min(budget, sum(sizes))
    assert all(min(2, size) <= share <= size for share, size in zip(taken, sizes, strict=True))


def test_days_are_found_by_their_ids(db):
    received = [NOON + timedelta(hours=hours) for hours in (0, 1, 23, 25, 26, 50)]
    ids = [make_event("login.succeeded", at, account="a-1", method="password").pk for at in received]

    assert sampling_rows.id_range(NOON - timedelta(days=1), NOON - timedelta(hours=1)) == (ids[0], ids[0] - 1)
    assert sampling_rows.id_range(NOON, NOON + timedelta(days=1)) == (ids[0], ids[3] - 1)
    assert sampling_rows.id_range(NOON + timedelta(days=1), NOON + timedelta(days=2)) == (ids[3], ids[5] - 1)
    assert sampling_rows.id_range(NOON + timedelta(days=2), NOON + timedelta(days=9)) == (ids[5], ids[5])
    assert sampling_rows.id_range(NOON + timedelta(days=3), NOON + timedelta(days=9)) == (ids[5] + 1, ids[5])


def test_no_day_is_found_where_there_is_no_event(db):
    first, last = sampling_rows.id_range(NOON, NOON + timedelta(days=1))

    assert first > last
