"""A case that a person opens: no finding and no score, but a reason in words, with whose it is.

It stands in the lane of reports and no design drew it, so its inclusion probability stays unknown and no estimate
counts it. Signals that come later join it like any other open case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from cases import permissions
from cases.models import Case, Queue
from cases.models.case import OPEN
from cases.services import notes, priority, routing, service_levels
from cases.services.subjects import kind_of
from cases.verbs import Verb
from signals.enums import Lane, Severity
from signals.models import Entity
from tscore.core import audit, db
from tscore.core.errors import Conflict, FieldProblem, Invalid, Missing
from tscore.core.models import User

HEADLINE: Final = "Opened by hand"

_OPEN: Final = """
INSERT INTO cases_case (entity_id, abuse_type_id, queue_id, state, severity, lane, stake_minor, probability, priority,
                        headline, due_at, wait_for, held_once, fence, version, opened_at, opened_by_id)
VALUES (%(subject)s, %(abuse_type)s, %(queue)s, 'queued', %(severity)s, %(lane)s, 0, 0, 0,
        %(headline)s, %(now)s, '', false, 0, 1, %(now)s, %(actor)s)
ON CONFLICT (entity_id, abuse_type_id) WHERE state <> 'closed' DO NOTHING
RETURNING id
"""


class OpenAlready(Conflict):
    """A case about this subject is open already. Add what you know to it."""


class WrongSubject(Invalid):
    """Cases of this queue are not about such a thing."""


class WrongSeverity(Invalid):
    """Choose one of the severities."""


def open_by_hand(*, subject_ref: str, queue: Queue, severity: str, reason: str, actor: User, now: datetime) -> Case:
    """Open a case about a subject, in the queue that takes it; the reason is kept as its first note.

    Raises:
        Missing: nothing is known by this reference.
        NotYourQueue: the person may not review the queue.
        WrongSubject, WrongSeverity: they do not fit.
        BadNote: the reason is no note.
        OpenAlready: `members["ref"]` says which case is open, if the person may see it.
    """
    permissions.require_review(actor, queue.pk)
    if severity not in Severity.values:
        raise WrongSeverity(fields=[FieldProblem("severity", "invalid", "Choose one of the severities.")])
    subject = _subject(subject_ref, queue)
    terms = {
        "subject": subject.pk, "abuse_type": queue.abuse_type_id, "queue": queue.pk, "severity": severity,
        "lane": Lane.REPORT, "headline": HEADLINE, "actor": actor.pk, "now": now,
    }  # fmt: skip

    def opened() -> Case:
        case = _stored(terms)
        if case is None:
            raise OpenAlready(ref=_visible_ref(subject, queue, actor))
        audit.record(
            actor=actor, verb=Verb.CASE_OPENED, object_type="case", object_ref=case.ref, at=now,
            after={"queue": case.queue_id, "severity": severity, "lane": str(case.lane)},
        )  # fmt: skip
        notes.write(case=case, author=actor, text=reason, now=now)
        return case

    return db.in_any_transaction(opened)


def _subject(ref: str, queue: Queue) -> Entity:
    subject = Entity.objects.filter(ref=ref).first()
    if subject is None:
        raise Missing
    kinds = list(dict.fromkeys(map(kind_of, queue.subject_roles)))
    if subject.kind not in kinds:
        words = f"Cases of {queue.name} are about: {', '.join(kinds)}."
        raise WrongSubject(words, fields=[FieldProblem("subject", "invalid", words)])
    return subject


def _stored(terms: dict[str, Any]) -> Case | None:
    """Store, rank and route the case; None where one is open."""
    opened, now = [pk for (pk,) in db.rows(_OPEN, terms)], terms["now"]
    if not opened:
        return None
    priority.recount(case_ids=opened, now=now)
    routing.route(case_ids=opened, now=now)
    service_levels.settle(case_ids=opened, now=now)
    return Case.objects.get(pk=opened[0])


def _visible_ref(subject: Entity, queue: Queue, actor: User) -> str:
    found = Case.objects.filter(OPEN, entity=subject, abuse_type=queue.abuse_type_id).first()
    return found.ref if found and permissions.may_review(actor, found.queue_id) else ""
