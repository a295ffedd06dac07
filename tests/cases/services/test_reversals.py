"""Undo: what becomes of actions in every state, of labels and of the case."""

import pytest

from cases.enums import ActionState
from cases.models import Action, Case, Decision
from cases.services import claims, correlation, decisions, reversals
from signals.models import Label
from tests.cases import build
from tests.factories import NOON, after
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent


def decided(person, state, kind="account.suspend"):
    decision = build.decision(build.held_case(person), action_kinds=[kind])
    Action.objects.update(state=state)
    return decision


def actions():
    return list(Action.objects.order_by("id").values_list("kind", "state", "reverses__kind", "next_at"))


@pytest.mark.parametrize("state", [ActionState.PROPOSED, ActionState.APPROVED, ActionState.HELD, ActionState.PENDING])
def test_reverse_cancels_what_was_never_sent(ada, state):
    decision = decided(ada, state)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    assert actions() == [("account.suspend", "cancelled", None, None)]


def test_reverse_sends_the_inverse_of_what_is_done(ada):
    decision = decided(ada, ActionState.DONE)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    assert actions() == [
        ("account.suspend", "done", None, None),
        ("account.restore", "pending", "account.suspend", None),
    ]


@pytest.mark.parametrize("state", [ActionState.SENDING, ActionState.UNKNOWN])
def test_reverse_of_what_is_underway_waits_for_its_outcome(ada, state):
    decision = decided(ada, state)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    assert actions() == [
        ("account.suspend", str(state), None, None),
        ("account.restore", "held", "account.suspend", None),
    ]


@pytest.mark.parametrize("state", [ActionState.REFUSED, ActionState.FAILED])
def test_reverse_leaves_what_never_took_effect(ada, state):
    decision = decided(ada, state)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    assert actions() == [("account.suspend", str(state), None, None)]


@pytest.mark.parametrize("kind", ["account.revoke_sessions", "account.reset_password", "account.warn"])
def test_reverse_leaves_what_cannot_be_taken_back(ada, kind):
    decision = decided(ada, ActionState.DONE, kind)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    assert list(Action.objects.values_list("kind", "state")) == [(kind, "done")]


def test_reverse_supersedes_decision_and_labels(ada):
    decision = decided(ada, ActionState.PENDING)
    stated = list(Label.objects.order_by("id"))

    withdrawal = decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    withdrawn = list(Label.objects.filter(origin=f"decision:{withdrawal.pk}").order_by("id"))
    assert (withdrawal.supersedes, withdrawal.verdict) == (decision, "withdrawn")
    assert [label.supersedes for label in withdrawn] == stated
    assert {(label.verdict, label.known_at) for label in withdrawn} == {("withdrawn", after(1))}


def test_reverse_gives_the_case_back_to_the_same_person(ada):
    decision = decided(ada, ActionState.PENDING)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    case = Case.objects.get()
    assert (case.state, case.claimed_by, case.fence, case.closed_at, case.version) == ("reviewing", ada, 2, None, 3)
    again = build.decision(case, at=after(2))
    assert list(Decision.objects.order_by("id").values_list("supersedes", flat=True)) == [None, decision.pk, None]
    assert again.case_fence == 2


def test_reverse_leaves_the_case_closed_where_a_newer_one_is_open(ada):
    decision = decided(ada, ActionState.PENDING)
    build.signal(decision.case.entity)
    correlation.correlate_pending(limit=10, now=after(1))

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))

    old, new = Case.objects.order_by("id")
    assert (old.state, new.state, reversals.find_newer_open(old)) == ("closed", "queued", new)


def test_reverse_keeps_the_next_case_claimed(ada):
    build.case("a-2", score=0.5)
    held = build.held_case(ada, "a-1")
    decision, following = build.decision(held), claims.claim_next(queue=held.queue, actor=ada, now=NOON)

    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    following.refresh_from_db()
    assert (following.state, following.claimed_by) == ("reviewing", ada)


def test_reverse_is_for_the_decider_alone(ada, cleo):
    decision = decided(ada, ActionState.PENDING)

    with pytest.raises(reversals.NotYours):
        decisions.reverse(decision_id=decision.pk, actor=cleo, now=after(1))

    assert Decision.objects.count() == 1


def test_reverse_hides_decisions_of_other_queues(ada, ben):
    decision = decided(ada, ActionState.PENDING)

    with pytest.raises(Missing):
        decisions.reverse(decision_id=decision.pk, actor=ben, now=after(1))


def test_reverse_twice_is_refused(ada):
    decision = decided(ada, ActionState.DONE)
    withdrawal = decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    for decision_id in (decision.pk, withdrawal.pk):
        with pytest.raises(reversals.ReversedAlready):
            decisions.reverse(decision_id=decision_id, actor=ada, now=after(2))

    assert (Decision.objects.count(), Action.objects.count()) == (2, 2)


def test_reverse_writes_one_audit_row(ada):
    decision = decided(ada, ActionState.DONE)

    withdrawal = decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    row = AuditEvent.objects.get(verb="decision.reversed")
    assert (row.before["decision"], row.after["decision"], row.after["reopened"]) == (decision.pk, withdrawal.pk, True)
