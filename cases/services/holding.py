"""What it takes to hold a case: the lock, the lease by the database clock, the words for those who do not hold it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from cases import permissions
from cases.enums import CaseState
from cases.lifecycle import CaseMove, case_after
from cases.models import Case
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.errors import Conflict, Missing
from tscore.core.models import User

IS_LIVE = ExpressionWrapper(Q(claim_until__gt=Now()), output_field=BooleanField())


class AlreadyDecided(Conflict):
    """This case is decided already. Open it to see the decision."""


class NotHolder(Conflict):
    """This case is not yours now. Your draft is kept; take the case to go on."""


class LeaseEnded(Conflict):
    """Your time with this case ended. Your draft is kept; take the case again to go on."""


@db.transaction_required
def locked(*, case_id: int, actor: User) -> Case:
    """Return the case, locked, with `is_live` (its lease runs); what the person may not see is not there.

    Raises:
        Missing: no such case, or no right on its queue.
    """
    case = db.lock(Case.objects.annotate(is_live=IS_LIVE)).filter(pk=case_id).first()
    if case is None or not permissions.may_review(actor, case.queue_id):
        raise Missing
    return case


@db.transaction_required
def locked_by_holder(*, case_id: int, actor: User) -> Case:
    """Return the case, locked, if this person holds it by a running lease.

    Raises:
        Missing: no such case, or no right on its queue.
        AlreadyDecided, NotHolder, LeaseEnded: why this person does not hold it.
    """
    case = locked(case_id=case_id, actor=actor)
    require_holder(case, actor=actor)
    return case


def require_holder(case: Case, *, actor: User) -> None:
    """Raise unless the person holds the (locked) case by a running lease."""
    if case.state == CaseState.CLOSED:
        raise AlreadyDecided
    if case.state != CaseState.REVIEWING or case.claimed_by_id != actor.pk:
        raise _not_holder(case)
    if not case.is_live:  # type: ignore[attr-defined]
        raise LeaseEnded


def _not_holder(case: Case) -> NotHolder:
    if case.state == CaseState.REVIEWING and case.claimed_by is not None:
        return NotHolder(f"{case.claimed_by.name} has this case now. Your draft is kept.")
    return NotHolder()


def leave(case: Case, move: CaseMove, **changes: Any) -> None:
    """Put a held case into the state after the move, without a holder."""
    changes |= {"state": case_after(case.state, move), "claimed_by": None, "claim_until": None}
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=list(changes))


def hand_out(case: Case, move: CaseMove, *, to: User, **changes: Any) -> None:
    """Give the case to a person for one lease, with the next fence number."""
    changes |= {
        "state": case_after(case.state, move),
        "claimed_by": to,
        "claim_until": Now() + settings.CLAIM_LEASE,
        "fence": case.fence + 1,
    }
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=list(changes))
    case.refresh_from_db(fields=["claim_until"])


def note_claim(case: Case, *, actor: User | None, verb: Verb, now: datetime, reason: str = "", **after: Any) -> None:
    """Write the audit row of a change of holder."""
    audit.record(
        actor=actor,
        actor_name="" if actor else "system:release",
        verb=verb,
        object_type="case",
        object_ref=case.ref,
        at=now,
        after={"state": str(case.state), "fence": case.fence, **after},
        reason=reason,
    )
