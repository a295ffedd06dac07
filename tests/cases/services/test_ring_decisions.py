"""A ring is decided member by member or together, once, and taken back as it was decided."""

import pytest

from cases.models import Action, Case, CaseMember, Decision, EvidenceSnapshot, Note
from cases.services import claims, decisions, ring_decisions, ring_members
from cases.services.decisions import BadChoice, CaseChanged
from cases.services.ring_decisions import MemberDecided, MemberElsewhere, MemberHeld, SeenMember
from signals.models import Entity, Label
from tests import factories
from tests.cases import build, ring
from tests.factories import NOON, after
from tscore.core.models import AuditEvent
from tscore.invariants import FAULTS, breaches


def seen(case, *accounts):
    """Return the members as the page shows them; all that wait for a decision unless some are named."""
    waiting = ring_members.undecided(ring_members.of(case.pk))
    names = dict(Entity.objects.filter(pk__in=[one.entity_id for one in waiting]).values_list("pk", "external_id"))
    wanted = set(accounts or names.values())
    return [SeenMember(one.entity_id, one.version) for one in waiting if names[one.entity_id] in wanted]


def decide(case, *accounts, preset=1, at=NOON, **fields):
    case.refresh_from_db()
    terms = {
        "case_id": case.pk,
        "actor": case.claimed_by,
        "seen_version": case.version,
        "fence": case.fence,
        "seen_members": seen(case, *accounts),
        "now": at,
        **build.choice(preset),
    }
    return ring_decisions.decide(**(terms | fields))


def labels():
    return sorted(Label.objects.exclude(entity__kind="ring").values_list("entity__external_id", "verdict"))


def test_together_gives_each_member_its_label_its_actions_and_its_audit_once(ada):
    case = ring.held(ada)

    made = decide(case)

    case.refresh_from_db()
    assert (made.is_closed, made.count, case.state) == (True, 3, "closed")
    assert labels() == [("a-1", "bad"), ("a-2", "bad"), ("a-3", "bad")]
    kinds = sorted(Action.objects.values_list("entity__external_id", "kind"))
    assert kinds == [(f"a-{n}", kind) for n in (1, 2, 3) for kind in ("account.revoke_sessions", "account.suspend")]
    assert sorted(AuditEvent.objects.filter(verb="case.decided").values_list("object_ref", flat=True)) == sorted(
        one.ref for one in Case.objects.all()
    )
    assert breaches(FAULTS) == []


def test_together_keeps_what_was_seen_of_the_members(ada):
    case = ring.held(ada)

    made = decide(case)

    body = EvidenceSnapshot.objects.get(decision=made.lead).body
    assert [(one["kind"], one["shared"][0]["kind"]) for one in body["members"]] == [("account", "device")] * 3
    assert {one["decision"] for one in body["members"]} == set(
        Decision.objects.exclude(pk=made.lead.pk).values_list("pk", flat=True)
    )


def test_together_takes_the_members_own_cases_along(ada):
    own = ring.flag("a-2")
    case = ring.held(ada)

    decide(case)

    own.refresh_from_db()
    assert (own.state, Case.objects.filter(entity=own.entity).count()) == ("closed", 1)
    assert Decision.objects.get(case=own).label_class == "ato.confirmed"


def test_member_by_member_closes_the_ring_with_the_last(ada):
    case = ring.held(ada)

    first = decide(case, "a-1", preset=3)
    second = decide(case, "a-2", note="Known from C-1.")
    third = decide(case, "a-3", preset=3)

    case.refresh_from_db()
    assert [made.is_closed for made in (first, second, third)] == [False, False, True]
    assert labels() == [("a-1", "good"), ("a-2", "bad"), ("a-3", "good")]
    assert (case.state, third.lead.verdict, third.lead.case_id) == ("closed", "bad", case.pk)
    assert Note.objects.get().case_id == case.pk
    assert breaches(FAULTS) == []


def test_some_together_leave_the_ring_with_its_reviewer(ada):
    case = ring.held(ada)

    made = decide(case, "a-1", "a-2")

    case.refresh_from_db()
    assert (made.is_closed, made.count, case.state, case.claimed_by, case.version) == (False, 2, "reviewing", ada, 2)
    assert [one.is_decided for one in ring_members.of(case.pk)] == [True, True, False]


def test_what_was_decided_together_is_taken_back_together(ada):
    own = ring.flag("a-2")
    case = ring.held(ada)
    made = decide(case)

    decisions.reverse(decision_id=made.lead.pk, actor=ada, now=after(1))

    case.refresh_from_db(), own.refresh_from_db()
    assert (case.state, case.claimed_by, own.state, own.claimed_by) == ("reviewing", ada, "reviewing", ada)
    assert set(Action.objects.values_list("state", flat=True)) == {"cancelled"}
    assert [verdict for _, verdict in labels()].count("withdrawn") == 3
    assert [one.is_decided for one in ring_members.of(case.pk)] == [False] * 3
    assert Case.objects.exclude(state="closed").count() == 2  # cases opened for the decision stay closed
    assert breaches(FAULTS) == []


def test_taking_back_a_members_decision_takes_its_whole_command_back(ada):
    case = ring.held(ada)
    decide(case, "a-3", preset=3)
    decide(case, "a-1", "a-2")
    one = CaseMember.objects.get(entity__external_id="a-1").decision_id

    decisions.reverse(decision_id=one, actor=ada, now=after(1))

    case.refresh_from_db()
    assert case.state == "reviewing"
    assert [member.is_decided for member in ring_members.of(case.pk)] == [False, False, True]


def test_a_ring_can_be_decided_again_after_it_was_taken_back(ada):
    case = ring.held(ada)
    decisions.reverse(decision_id=decide(case).lead.pk, actor=ada, now=after(1))

    again = decide(case, preset=3, at=after(2))

    assert again.is_closed is True
    assert [member.verdict for member in ring_members.of(case.pk)] == ["good"] * 3
    with pytest.raises(decisions.reversals.ReversedAlready):
        decisions.reverse(decision_id=Decision.objects.earliest("pk").pk, actor=ada, now=after(3))
    assert breaches(FAULTS) == []


def test_a_ring_is_not_decided_like_a_single_case(ada):
    case = ring.held(ada)

    with pytest.raises(decisions.DecidedByMember):
        build.decision(case)


def test_a_member_in_somebody_elses_hands_stops_the_command(ada, cleo):
    own = ring.flag("a-2")
    claims.claim(case_id=own.pk, actor=cleo, now=NOON)
    case = ring.held(ada)

    with pytest.raises(MemberHeld, match=f"Cleo is deciding {own.ref}"):
        decide(case)

    assert (Decision.objects.count(), Action.objects.count(), Label.objects.count()) == (0, 0, 0)
    assert decide(case, "a-1", "a-3").count == 2


def test_a_member_case_in_another_queue_stops_the_command(ada, queue_b):
    own = ring.flag("a-2")
    Case.objects.filter(pk=own.pk).update(queue=queue_b)
    case = ring.held(ada)

    with pytest.raises(MemberElsewhere):
        decide(case)

    assert list(Decision.objects.all()) == []


def test_a_member_decided_meanwhile_is_not_decided_twice(ada, cleo):
    own = ring.flag("a-2")
    case = ring.held(ada)
    before = seen(case)
    build.decision(claims.claim(case_id=own.pk, actor=cleo, now=NOON))

    with pytest.raises(MemberDecided):
        decide(case, seen_members=before)

    rest = decide(case)
    assert (rest.count, rest.is_closed, Decision.objects.filter(case__entity=own.entity).count()) == (2, True, 1)


def test_new_evidence_on_a_member_must_be_seen_first(ada):
    case = ring.held(ada)
    before = seen(case)
    ring.flag("a-2")

    with pytest.raises(CaseChanged):
        decide(case, seen_members=before)

    assert list(Decision.objects.all()) == []


def test_a_ring_whose_members_are_all_decided_is_closed_without_ticks(ada, cleo):
    own = [ring.flag(account) for account in ring.names(3)]
    case = ring.held(ada)
    for one in own:
        build.decision(claims.claim(case_id=one.pk, actor=cleo, now=NOON))

    made = decide(case)

    assert (made.count, made.is_closed) == (0, True)
    assert breaches(FAULTS) == []


@pytest.mark.parametrize("wrong", ["none", "stranger"])
def test_ticks_that_do_not_fit_are_refused(wrong, ada):
    case = ring.held(ada)
    stranger = SeenMember(factories.entity("account", "x").pk, 0)

    with pytest.raises(BadChoice):
        decide(case, seen_members=[] if wrong == "none" else [stranger])

    assert list(Decision.objects.all()) == []


def test_a_choice_that_does_not_fit_decides_nobody(ada):
    case = ring.held(ada)

    with pytest.raises(BadChoice):
        decide(case, label_class="nothing")

    assert (Decision.objects.count(), Case.objects.exclude(state="closed").count()) == (0, 1)


def test_another_version_or_fence_of_the_ring_is_refused(ada):
    case = ring.held(ada)

    with pytest.raises(CaseChanged):
        decide(case, seen_version=9)
    with pytest.raises(claims.LeaseEnded):
        decide(case, fence=9)
