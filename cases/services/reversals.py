"""Taking a decision back, in the transaction of `decisions.reverse`: actions, labels, case.

* proposed, approved, held and pending actions are cancelled: they were never sent;
* done ones get an action that reverses them, if their kind has an inverse; once it is done, they are compensated;
* for those being sent or unknown the reversing action waits in `held` (without a time) until the outcome is known;
* [once] and held kinds that left stay; the screen names them;
* every label gets a superseding one with verdict `withdrawn`;
* the case goes back to the person, unless a newer open case of the same subject and abuse type exists, or it was
  opened for a ring's decision and holds nothing else;
* what was decided of a ring by one command is taken back together.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from cases import permissions
from cases.action_kinds import KINDS
from cases.enums import ActionState, CaseState
from cases.lifecycle import ActionMove, CaseMove, action_after
from cases.models import Action, Case, CaseMember, Decision
from cases.models.case import OPEN
from cases.services import holding
from cases.verbs import Verb
from signals.enums import Verdict
from signals.models import Label
from signals.services import labels
from signals.services.labels import LabelDraft
from tscore.core import audit, db, ids, work
from tscore.core.errors import Conflict, Missing, Refused
from tscore.core.models import User

NOT_SENT = (ActionState.PROPOSED, ActionState.APPROVED, ActionState.HELD, ActionState.PENDING)
UNDERWAY = (ActionState.SENDING, ActionState.UNKNOWN)


class NotYours(Refused):
    """Only the person who decided can take the decision back."""

    granted_by = ""


class ReversedAlready(Conflict):
    """This decision was taken back already."""


@db.transaction_required
def reverse(*, decision_id: int, actor: User, now: datetime) -> Decision:
    """Supersede a decision by its withdrawal, and undo what followed from it; with all that one command decided."""
    made = {pk: _reverse(pk, actor, now) for pk in _made_together(decision_id)}
    return made[decision_id]


def _made_together(decision_id: int) -> list[int]:
    """Return the decisions of one command on a ring that still stand: the ring's own first, then those of members."""
    mine = CaseMember.objects.filter(Q(decision=decision_id) | Q(closing=decision_id)).first()
    if mine is None:
        return [decision_id]
    rows = CaseMember.objects.filter(case=mine.case_id, command=mine.command).order_by("entity_id")
    found = list(rows.values_list("closing", "closing__superseded_by", "decision", "decision__superseded_by"))
    closing = [closed for closed, gone, _, _ in found if closed and not gone]
    standing = list(dict.fromkeys([*closing, *(pk for _, _, pk, gone in found if pk and not gone)]))
    return standing if decision_id in standing else [decision_id]


def _reverse(decision_id: int, actor: User, now: datetime) -> Decision:
    case = _locked_case(decision_id, actor)
    old = Decision.objects.select_related("policy").get(pk=decision_id)
    _require_reversible(old, actor)
    new = Decision.objects.create(
        case=case,
        actor=actor,
        policy=old.policy,
        verdict=Verdict.WITHDRAWN,
        label_class=Verdict.WITHDRAWN,
        seen_version=case.version,
        case_fence=case.fence,
        supersedes=old,
        decided_at=now,
    )
    cancelled, reversing = _undo_actions(old, new, now)
    _withdraw_labels(old, new, actor, now)
    reopened = _reopen(case, actor, now)
    audit.record(
        actor=actor,
        verb=Verb.DECISION_REVERSED,
        object_type="case",
        object_ref=case.ref,
        at=now,
        before={"decision": old.pk, "verdict": old.verdict},
        after={"decision": new.pk, "cancelled": cancelled, "reversing": reversing, "reopened": reopened},
    )
    if reversing:
        work.wake("deliver")
    return new


def _locked_case(decision_id: int, actor: User) -> Case:
    """Lock the case: decisions are immutable, so that its lock stands for theirs and comes before those of actions."""
    case = db.lock(Case.objects.filter(decisions=decision_id)).first()
    if case is None or not permissions.may_review(actor, case.queue_id):
        raise Missing
    return case


def _require_reversible(old: Decision, actor: User) -> None:
    if old.actor_id != actor.pk:
        raise NotYours
    if old.supersedes_id is not None or is_reversed(old.pk):
        raise ReversedAlready


def is_reversed(decision_id: int) -> bool:
    """Tell whether a decision was taken back."""
    return Decision.objects.filter(supersedes=decision_id).exists()


def _undo_actions(old: Decision, new: Decision, now: datetime) -> tuple[list[str], list[str]]:
    """Cancel what was not sent and ask for the reverse of the rest; return the public ids of both."""
    actions = list(db.lock(Action.objects.filter(decision=old)).select_related("entity").order_by("pk"))
    unsent = [action for action in actions if action.state in NOT_SENT]
    for action in unsent:
        action.state, action.settled_at = action_after(action.state, ActionMove.CANCELLED), now
        action.next_at = None
    Action.objects.bulk_update(unsent, ["state", "settled_at", "next_at"])
    reversing = [row for action in actions if (row := _reversing(action, new, now)) is not None]
    Action.objects.bulk_create(reversing)
    return [action.public_id for action in unsent], [action.public_id for action in reversing]


def _reversing(action: Action, new: Decision, now: datetime) -> Action | None:
    inverse = KINDS[action.kind].inverse
    if inverse is None or action.state not in (ActionState.DONE, *UNDERWAY):
        return None
    is_waiting = action.state in UNDERWAY
    return Action(
        public_id=ids.new_id("act", action.public_id, "reversal"),
        decision=new,
        entity=action.entity,
        kind=inverse,
        parameters={},
        state=ActionState.HELD if is_waiting else ActionState.PENDING,
        reverses=action,
        created_at=now,
    )


def _withdraw_labels(old: Decision, new: Decision, actor: User, now: datetime) -> None:
    written = Label.objects.filter(origin=f"decision:{old.pk}").select_related("entity", "event", "abuse_type")
    drafts = [
        LabelDraft(
            external_id=label.external_id,
            entity=label.entity,
            event=label.event,
            abuse_type=label.abuse_type,
            verdict=Verdict.WITHDRAWN,
            label_class=Verdict.WITHDRAWN,
            source=label.source,
            actor=actor.pseudonym,
            occurred_at=label.occurred_at,
            known_at=now,
            supersedes=label,
            lane=label.lane,
            inclusion_probability=label.inclusion_probability,
            origin=f"decision:{new.pk}",
        )
        for label in written.order_by("pk")
    ]
    labels.record_many(drafts, now=now)


def _reopen(case: Case, actor: User, now: datetime) -> bool:
    """Give the case back to the person, unless it is open or a newer one of its kind is."""
    if case.state != CaseState.CLOSED or find_newer_open(case) is not None or not _holds_anything(case):
        return False
    changes = {"closed_at": None, "rerank_at": now, "top_score": None, "version": case.version + 1}
    try:
        with transaction.atomic():
            holding.hand_out(case, CaseMove.REOPENED, to=actor, **changes)
    except IntegrityError:  # a new signal opened the next case at this very moment
        return False
    return True


def _holds_anything(case: Case) -> bool:
    return case.case_signals.exists() or CaseMember.objects.filter(case=case).exists()


def find_newer_open(case: Case) -> Case | None:
    """Return the open case of the same subject and abuse type, other than this one."""
    same = Case.objects.filter(OPEN, entity_id=case.entity_id, abuse_type_id=case.abuse_type_id)
    return same.exclude(pk=case.pk).first()
