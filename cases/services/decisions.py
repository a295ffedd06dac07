"""What a person concludes, decided and taken back; each in one transaction with everything that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases import permissions
from cases.models import Case, Decision
from cases.services import catalogue, choices, evidence, holding, reversals, targets
from cases.services import decision_rows as rows
from cases.services.choices import BadChoice
from cases.services.decision_rows import Order
from cases.services.evidence import Evidence
from signals.services.rings import RING
from tscore.core import db, work
from tscore.core.crashpoints import crashpoint
from tscore.core.errors import Conflict, FieldProblem, Missing
from tscore.core.models import User

__all__ = ["BadChoice", "CaseChanged", "DecidedByMember", "conclude", "decide", "reverse"]


class CaseChanged(Conflict):
    """This case changed after you opened it. Look at what is new and decide again."""


class DecidedByMember(Conflict):
    """This is a ring: tick the accounts that the decision is about."""


def decide(
    *,
    case_id: int,
    actor: User,
    seen_version: int,
    fence: int,
    policy_id: int,
    action_kinds: Sequence[str],
    label_class: str,
    reason_id: int,
    unticked_event_ids: Sequence[int] = (),
    note: str = "",
    days: int = 0,
    language: str = "",
    bulk: str = "",
    now: datetime,
) -> Decision:
    """Decide a case: store the decision with what was seen, ask for its effects, label what was judged, close the case.

    Reversible and [once] actions may be sent at once, held ones after `settings.HOLD_EFFECTS`; nothing irreversible
    happens here. A label is written for the subject and for every evidence event left ticked. Where `bulk` names the
    job that decides it with others, labels say so by lane and held effects wait for `settings.HOLD_BULK_EFFECTS`.

    Raises:
        Missing: no such case for this person.
        AlreadyDecided, NotHolder, LeaseEnded: the person does not hold it by this fence number.
        CaseChanged: the version is not the one seen.
        DecidedByMember: the case is a ring's; `ring_decisions` decides its members.
        BadChoice: policy, actions, label, reason or events do not fit; every wrong field is named.
    """
    order = Order(
        case_id, actor, seen_version, fence, policy_id, action_kinds, label_class, reason_id, unticked_event_ids, note,
        now, days, language, bulk=bulk,
    )  # fmt: skip
    return db.in_any_transaction(lambda: _decide(order))[0]


def _decide(order: Order) -> tuple[Decision, Case]:
    case, proof = evidence.locked(case_id=order.case_id)
    if proof.subject.kind == RING:
        raise DecidedByMember
    return _conclude(case, proof, order)


@db.transaction_required
def conclude(order: Order) -> Decision:
    """Close the case of a ring whose members are decided."""
    return _conclude(*evidence.locked(case_id=order.case_id), order)[0]


def _conclude(case: Case, proof: Evidence, order: Order) -> tuple[Decision, Case]:
    if not permissions.may_review(order.actor, case.queue_id):
        raise Missing
    _require_fresh(case, order)
    queue = catalogue.holding([case.queue_id]).queues[case.queue_id]
    choice = choices.check(
        queue=queue,
        policy_id=order.policy_id,
        action_kinds=order.action_kinds,
        label_class=order.label_class,
        reason_id=order.reason_id,
        days=order.days,
        language=order.language,
    )
    _require_known_events(order.unticked, proof)
    found = targets.find(
        evidence=proof,
        kinds=[kind.kind for kind in choice.kinds],
        unticked=order.unticked,
        roles=queue.subject_roles,
    )
    actions = rows.actions(case, proof, choice, found, order)
    decision = rows.write(case, proof, order, choice, actions)
    crashpoint("decide.after_outbox")
    rows.label(case, decision, proof.ticked(order.unticked), order, choice)
    rows.record(case, decision, choice, actions, order)
    if actions:
        work.wake("deliver")
    decision.case = case
    return decision, case


def _require_fresh(case: Case, order: Order) -> None:
    holding.require_holder(case, actor=order.actor)
    if case.fence != order.fence:
        raise holding.LeaseEnded
    if case.version != order.seen_version:
        raise CaseChanged(seen=order.seen_version, current=case.version)


def _require_known_events(unticked: Sequence[int], proof: Evidence) -> None:
    if set(unticked) - {event.id for event in proof.proofs}:
        raise BadChoice(fields=[FieldProblem("unticked_event_ids", "invalid", "Not among the evidence of this case.")])


def reverse(*, decision_id: int, actor: User, now: datetime) -> Decision:
    """Take one's own decision back; see `reversals` for what becomes of its actions, labels and case.

    Raises:
        Missing, NotYours, ReversedAlready.
    """
    return db.in_any_transaction(lambda: reversals.reverse(decision_id=decision_id, actor=actor, now=now))
