"""Many people ask for the next case at the same time."""

from collections import Counter

import pytest
from guardian.shortcuts import assign_perm

from cases.models import Case, Queue
from cases.services import claims, correlation, leaving
from tests import factories
from tests.cases import build
from tests.cast import person
from tests.factories import NOON
from tests.races.threads import side_by_side
from tscore.core.models import AuditEvent, User

CLAIMERS, CASES = 8, 200


@pytest.fixture
def claimers(transactional_db) -> list[User]:
    queue = Queue.objects.get(slug="ato")
    people = [person(f"Claimer{number}", "reviewer") for number in range(CLAIMERS)]
    for claimer in people:
        assign_perm("review_queue", claimer, queue)
    return people


def make_cases():
    for number in range(CASES):
        build.signal(factories.entity("account", f"a-{number}"), score=0.5 + number % 7 / 20)
    correlation.correlate_pending(limit=CASES, now=NOON)
    assert Case.objects.count() == CASES


def test_eight_claimers_of_two_hundred_cases_never_get_the_same(claimers):
    make_cases()
    queue = Queue.objects.get(slug="ato")

    def take_all(number: int) -> list[tuple[int, int]]:
        taken = []
        while case := claims.claim_next(queue=queue, actor=claimers[number], now=NOON):
            taken.append((case.pk, case.fence))
        return taken

    handed_out = [claim for taken in side_by_side(take_all, threads=CLAIMERS) for claim in taken]

    assert (len(handed_out), len(set(handed_out))) == (CASES, CASES)
    assert set(Case.objects.values_list("state", "fence")) == {("reviewing", 1)}
    assert AuditEvent.objects.filter(verb="case.claimed").count() == CASES


def test_eight_people_taking_one_case_leave_one_holder(claimers):
    build.signal(factories.entity("account", "a-1"))
    correlation.correlate_pending(limit=1, now=NOON)
    case = Case.objects.get()

    def take(number: int) -> str:
        try:
            claims.claim(case_id=case.pk, actor=claimers[number], now=NOON)
        except claims.TakenAlready:
            return "taken"
        return "mine"

    answers = Counter(side_by_side(take, threads=CLAIMERS))

    assert answers == {"mine": 1, "taken": CLAIMERS - 1}
    assert Case.objects.get().fence == 1


def test_fences_are_handed_out_once_while_people_take_and_give_back(claimers):
    for number in range(4):
        build.signal(factories.entity("account", f"a-{number}"))
    correlation.correlate_pending(limit=10, now=NOON)
    queue = Queue.objects.get(slug="ato")

    def take_and_give_back(number: int) -> list[tuple[int, int]]:
        seen = []
        for _ in range(25):
            case = claims.claim_next(queue=queue, actor=claimers[number], now=NOON)
            if case is not None:
                seen.append((case.pk, case.fence))
                leaving.release(case_id=case.pk, actor=claimers[number], now=NOON)
        return seen

    handed_out = [claim for seen in side_by_side(take_and_give_back, threads=CLAIMERS) for claim in seen]

    assert len(handed_out) == len(set(handed_out))
    assert sum(Case.objects.values_list("fence", flat=True)) == len(handed_out)
