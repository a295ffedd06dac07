"""A shift of many reviewers on one queue: everybody takes the next case and decides it, until nothing is left."""

import time
from collections import Counter

import pytest
from guardian.shortcuts import assign_perm

from cases.models import Case, Decision, Queue
from cases.services import claims, correlation, decisions
from tests import factories
from tests.cases import build
from tests.cast import person
from tests.factories import NOON
from tests.races.threads import side_by_side
from tscore.core.models import User


@pytest.fixture
def queue(transactional_db) -> Queue:
    return Queue.objects.get(slug="ato")


def staff(queue: Queue, count: int) -> list[User]:
    people = [person(f"Shift{number}", "reviewer") for number in range(count)]
    for one in people:
        assign_perm("review_queue", one, queue)
    return people


def fill(count: int) -> None:
    for number in range(count):
        build.signal(factories.entity("account", f"a-{number}"), score=0.5 + number % 7 / 20)
    while correlation.correlate_pending(limit=500, now=NOON):
        pass


def work(queue: Queue, people: list[User], patience_s: float) -> list[tuple[int, float]]:
    """Let everybody decide until the queue is empty; return (case, seconds that its claim took) of each claim."""
    choice = build.choice(3)

    def shift(number: int) -> list[tuple[int, float]]:
        done, actor = [], people[number]
        while True:
            began = time.perf_counter()
            case = claims.claim_next(queue=queue, actor=actor, now=NOON)
            if case is None:
                return done
            done.append((case.pk, time.perf_counter() - began))
            seen = {"seen_version": case.version, "fence": case.fence}
            decisions.decide(case_id=case.pk, actor=actor, now=NOON, **seen, **choice)

    return [claim for taken in side_by_side(shift, threads=len(people), patience_s=patience_s) for claim in taken]


def faults(claimed: list[tuple[int, float]]) -> dict[str, list[int]]:
    """Return the cases that were handed out twice, decided not exactly once, or are not closed by their first claim."""
    claims_of = Counter(case for case, _ in claimed)
    decisions_of = Counter(Decision.objects.values_list("case", flat=True))
    cases = Case.objects.values_list("pk", "state", "fence")
    return {
        "handed out": [pk for pk, _, _ in cases if claims_of[pk] != 1],
        "decided": [pk for pk, _, _ in cases if decisions_of[pk] != 1],
        "left": [pk for pk, state, fence in cases if (state, fence) != ("closed", 1)],
    }


def test_six_reviewers_decide_sixty_cases_once_each(queue):
    fill(60)

    claimed = work(queue, staff(queue, 6), 120)

    assert faults(claimed) == {"handed out": [], "decided": [], "left": []}
    assert (len(claimed), Decision.objects.count()) == (60, 60)


@pytest.mark.slow
def test_fifty_reviewers_decide_ten_thousand_cases_once_each(queue, record_property):
    fill(10_000)
    people = staff(queue, 50)

    claimed = work(queue, people, 3600)

    assert faults(claimed) == {"handed out": [], "decided": [], "left": []}
    assert (len(claimed), Decision.objects.count()) == (10_000, 10_000)
    seconds = sorted(took for _, took in claimed)
    p95 = seconds[int(len(seconds) * 0.95)]
    record_property("claim_p95_ms", round(p95 * 1000))
