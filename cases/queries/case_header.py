"""The case itself, fetched through the rights of the person who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DurationField
from django.db.models.functions import Now

from cases import permissions
from cases.enums import CaseState, WakeOn
from cases.models import Case, Decision
from cases.queries.names import EntityName, name_of
from cases.services import catalogue, ranking, reversals
from tscore.core.errors import Missing
from tscore.core.models import User

ENDING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class RankTerms:
    """The terms of the priority, as section 6 of the interfaces multiplies them."""

    probability: float
    is_calibrated: bool
    stake_minor: int
    used_share: float
    priority: float


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds the case and for how long, by the database clock at the time of reading."""

    state: str  # "mine", "other", "free", "closed"
    holder_name: str
    until: datetime | None
    seconds_left: int
    may_hold: bool
    is_ending: bool  # mine, and less than a minute is left


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """The bar on top of the workspace and everything forms must send back: `version` and `fence`."""

    case: Case
    ref: str
    queue_slug: str
    queue_name: str
    abuse_type: str
    abuse_name: str
    headline: str
    subject: EntityName
    severity: str
    state: str
    version: int
    fence: int
    due_at: datetime
    is_overdue: bool
    is_stopped: bool
    wait: str  # until what a case that waits does so
    decided_by: str
    decided_at: datetime | None
    terms: RankTerms
    lease: Lease
    follows_ref: str | None
    newer_ref: str | None
    may_lead: bool


_LEFT = ExpressionWrapper(F("claim_until") - Now(), output_field=DurationField())


def case_for(user: User, ref: str) -> Case:
    """Return the case behind `C-812` with entity, abuse type, queue, holder and the time left of its lease.

    Raises:
        Missing: no such case, or this person may not see its queue.
    """
    number = ref.upper().removeprefix("C-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Missing
    related = ("entity", "abuse_type", "queue", "claimed_by")
    case = Case.objects.select_related(*related).annotate(left=_LEFT).filter(pk=int(number)).first()
    if case is None or not permissions.may_review(user, case.queue_id):
        raise Missing
    return case


def header(*, case: Case, user: User, now: datetime, subject: EntityName | None = None) -> CaseHeader:
    """Return what the top of the workspace shows; the case comes from `case_for`, or from `sight` with its name."""
    newer = reversals.find_newer_open(case) if case.state == CaseState.CLOSED else None
    decision = _standing(case) if case.state == CaseState.CLOSED else None
    return CaseHeader(
        case=case,
        ref=case.ref,
        queue_slug=case.queue.slug,
        queue_name=case.queue.name,
        abuse_type=case.abuse_type_id,
        abuse_name=catalogue.current().abuse_types[case.abuse_type_id].name,
        headline=case.headline,
        subject=subject or name_of(case.entity),
        severity=case.severity,
        state=case.state,
        version=case.version,
        fence=case.fence,
        due_at=case.due_at,
        is_overdue=case.state != CaseState.CLOSED and not case.wait_for and case.due_at < now,
        is_stopped=bool(case.wait_for),
        wait=f"for {WakeOn(case.wake_on).label}" if case.wake_on else "",
        decided_by=decision.actor.name if decision else "",
        decided_at=decision.decided_at if decision else None,
        terms=terms(case),
        lease=lease(case, user=user),
        follows_ref=f"C-{case.follows_id}" if case.follows_id else None,
        newer_ref=newer.ref if newer else None,
        may_lead=permissions.may_lead(user, case.queue_id),
    )


def _standing(case: Case) -> Decision | None:
    made = Decision.objects.filter(case=case, superseded_by=None, supersedes=None)
    return made.select_related("actor").order_by("-pk").first()


def terms(case: Case) -> RankTerms:
    """Return the terms of the stored priority, as they were when it was last ranked."""
    base = case.probability * case.stake_minor
    used = case.priority / base - 1 if base else 0.0
    steps = min(max(round(used / ranking.STEP), 0), round(ranking.MOST_USED / ranking.STEP))
    return RankTerms(
        probability=case.probability,
        is_calibrated=case.is_calibrated,
        stake_minor=case.stake_minor,
        used_share=steps * ranking.STEP,
        priority=case.priority,
    )


def lease(case: Case, *, user: User) -> Lease:
    """Return whose the case is; a lease that has ended counts as free."""
    left: timedelta = getattr(case, "left", None) or timedelta()
    is_held = case.state == CaseState.REVIEWING and left > timedelta()
    is_mine = is_held and case.claimed_by_id == user.pk
    word = "closed" if case.state == CaseState.CLOSED else "mine" if is_mine else "other" if is_held else "free"
    return Lease(
        state=word,
        holder_name=case.claimed_by.name if is_held and case.claimed_by else "",
        until=case.claim_until if is_held else None,
        seconds_left=int(left.total_seconds()) if is_held else 0,
        may_hold=is_mine and not case.held_once,
        is_ending=is_mine and left <= ENDING,
    )
