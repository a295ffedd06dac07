"""Giving a case up without deciding it: back to the queue, to a colleague, to a lead."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases import permissions
from cases.enums import CaseState, InboxKind, SkipReason
from cases.lifecycle import CaseMove
from cases.models import Case, CaseSkip
from cases.services import inbox, notes, routing
from cases.services.holding import AlreadyDecided, NotHolder, hand_out, leave, locked, locked_by_holder, note_claim
from cases.verbs import Verb
from tscore.core import db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

SKIP_FOR = timedelta(hours=8)


class NotAReviewer(Invalid):
    """This person cannot take cases of this queue. Choose somebody from the list."""


class NoReason(Invalid):
    """Say why you skip this case."""


def hand_over(*, case_id: int, actor: User, to: User, note: str = "", now: datetime) -> Case:
    """Give a case that is being reviewed to somebody else, who is told; its holder may, and leads of the queue.

    The note is kept with the case.

    Raises:
        NotAReviewer: the other person may not review this queue.
        AlreadyDecided, NotHolder, LeaseEnded, Missing: the case is in no state to be handed over.
        LeadsOnly: neither holder nor lead.
    """

    def handed_over() -> Case:
        case = locked(case_id=case_id, actor=actor)
        if case.state != CaseState.REVIEWING:
            raise AlreadyDecided if case.state == CaseState.CLOSED else NotHolder
        if case.claimed_by_id != actor.pk:
            permissions.require_lead(actor, case.queue_id)
        _require_successor(case, to)
        hand_out(case, CaseMove.HANDED_OVER, to=to)
        if note.strip():
            notes.write(case=case, author=actor, text=note, now=now)
        note_claim(case, actor=actor, verb=Verb.CASE_HANDED_OVER, now=now, to=to.pk)
        inbox.tell(to, InboxKind.HANDED_OVER, actor=actor, case=case, now=now)
        return case

    return db.in_any_transaction(handed_over)


def _require_successor(case: Case, to: User) -> None:
    fits = to.is_active and permissions.may_review(to, case.queue_id)
    if not fits or (case.escalated_at is not None and not permissions.may_lead(to, case.queue_id)):
        raise NotAReviewer(fields=[FieldProblem("to", "invalid", "cannot take this case")])


def release(*, case_id: int, actor: User, now: datetime) -> Case:
    """Give a held case back to its queue."""

    def released() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        leave(case, CaseMove.RELEASED)
        note_claim(case, actor=actor, verb=Verb.CASE_RELEASED, now=now)
        routing.route(case_ids=[case.pk], now=now)
        return case

    return db.in_any_transaction(released)


def skip(*, case_id: int, actor: User, reason: str, now: datetime) -> Case:
    """Give a held case back and do not be handed it for eight hours.

    Raises:
        NoReason: the reason is none of the five.
        AlreadyDecided, NotHolder, LeaseEnded, Missing: the person does not hold it.
    """
    if reason not in SkipReason.values:
        raise NoReason(fields=[FieldProblem("reason", "invalid", "Choose one of the five reasons.")])

    def skipped() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        leave(case, CaseMove.SKIPPED)
        CaseSkip.objects.create(case=case, actor=actor, reason=reason, until=now + SKIP_FOR)
        note_claim(case, actor=actor, verb=Verb.CASE_SKIPPED, now=now, reason=reason)
        routing.route(case_ids=[case.pk], now=now)
        return case

    return db.in_any_transaction(skipped)


def escalate(*, case_id: int, actor: User, note: str = "", now: datetime) -> Case:
    """Give a held case back so that only leads of its queue are handed it; the note is kept with the case."""

    def escalated() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        leave(case, CaseMove.ESCALATED, escalated_at=now)
        if note.strip():
            notes.write(case=case, author=actor, text=note, now=now)
        note_claim(case, actor=actor, verb=Verb.CASE_ESCALATED, now=now)
        return case

    return db.in_any_transaction(escalated)
