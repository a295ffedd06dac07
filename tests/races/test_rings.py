"""Many look for the same ring, decide it, or decide its members, at the same time."""

from collections import Counter

import pytest

from cases.models import Action, Case, CaseMember, Decision
from cases.services import claims, decisions, ring_decisions, ring_members, ring_nights, rings
from cases.services.ring_decisions import SeenMember
from tests import factories
from tests.cases import build, ring
from tests.factories import NOON, after
from tests.races.threads import side_by_side
from tscore.core.errors import Conflict

pytestmark = pytest.mark.usefixtures("transactional_db")


def test_many_who_find_the_same_ring_open_one_case(ada):
    accounts = [factories.entity("account", name).pk for name in ring.names(6)]
    ring.share("device", "d-9", *ring.names(6))
    ring.flag("a-1")

    def look(number: int) -> int:
        if number == 0:
            return ring_nights.look_nightly(limit=200, now=after(days=1))
        found = rings.find_around(entity_id=accounts[number % 6], actor=ada, now=NOON)
        return found.case.pk if found else 0

    cases = set(side_by_side(look, threads=8)[1:])

    assert len(cases) == 1
    assert Case.objects.filter(entity__kind="ring").count() == 1
    assert CaseMember.objects.count() == 6


def test_a_ring_decided_many_times_at_once_is_decided_once(ada):
    case = ring.held(ada)
    seen = [SeenMember(one.entity_id, one.version) for one in ring_members.of(case.pk)]

    def decide(_number: int) -> str:
        terms = {"case_id": case.pk, "actor": ada, "seen_version": 1, "fence": 1, "now": after(1)}
        try:
            ring_decisions.decide(**terms, seen_members=seen, **build.choice())
        except Conflict as refused:
            return type(refused).__name__
        return "decided"

    answers = Counter(side_by_side(decide, threads=6))

    assert answers == {"decided": 1, "AlreadyDecided": 5}
    assert (Decision.objects.count(), Action.objects.count()) == (4, 6)


def test_a_ring_and_its_member_decided_at_once_decide_the_member_once(ada, cleo):
    own = ring.flag("a-2")
    case = ring.held(ada)
    seen = [SeenMember(one.entity_id, one.version) for one in ring_members.of(case.pk)]

    def decide(number: int) -> str:
        try:
            if number:
                build.decision(claims.claim(case_id=own.pk, actor=cleo, now=NOON))
            else:
                ring_decisions.decide(
                    case_id=case.pk, actor=ada, seen_version=1, fence=1, seen_members=seen, now=NOON, **build.choice()
                )
        except Conflict as refused:
            return type(refused).__name__
        return "decided"

    answers = side_by_side(decide, threads=2)

    assert answers.count("decided") == 1
    assert Decision.objects.filter(case__entity=own.entity).count() == 1


def test_taking_a_ring_back_many_times_at_once_does_it_once(ada):
    case = ring.held(ada)
    seen = [SeenMember(one.entity_id, one.version) for one in ring_members.of(case.pk)]
    made = ring_decisions.decide(
        case_id=case.pk, actor=ada, seen_version=1, fence=1, seen_members=seen, now=NOON, **build.choice()
    )

    def reverse(_number: int) -> str:
        try:
            decisions.reverse(decision_id=made.lead.pk, actor=ada, now=after(1))
        except Conflict as refused:
            return type(refused).__name__
        return "taken back"

    answers = Counter(side_by_side(reverse, threads=4))

    assert answers == {"taken back": 1, "ReversedAlready": 3}
    assert Decision.objects.filter(verdict="withdrawn").count() == 4
