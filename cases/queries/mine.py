"""A person's own work: what they hold, what they decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now

from cases import permissions
from cases.action_kinds import KINDS
from cases.enums import ActionState, CaseState
from cases.models import Action, Case, CaseMember, Decision
from cases.queries.past import is_reversed
from cases.queries.rows import CaseRow, case_rows
from cases.services import reversals
from tscore.core.models import User

MOST = 50
STAYS = (ActionState.DONE, ActionState.SENDING, ActionState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MyDecision:
    """One of my decisions, newest first; `may_undo` = not yet taken back."""

    id: int
    case_ref: str
    headline: str
    decided_at: datetime
    verdict: str
    label_class: str
    may_undo: bool
    action_states: list[tuple[str, str]]  # (kind, state)


@dataclass(frozen=True, slots=True)
class HeldDecision:
    """A decision whose held effects are not sent yet; taking it back before `sent_at` leaves no trace outside."""

    id: int
    case_ref: str
    headline: str
    effects: list[str]
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back a decision did, for the toast: `stays` names effects that cannot be taken back."""

    case_ref: str
    reopened: bool
    newer_ref: str | None
    stays: list[str]


def my_claims(*, user: User, now: datetime) -> list[CaseRow]:
    """Return the cases a person holds, most urgent first."""
    held = Case.objects.filter(state=CaseState.REVIEWING, claimed_by=user, claim_until__gt=Now())
    return case_rows(held.select_related("entity", "claimed_by").order_by("due_at", "pk"), now=now)


def my_snoozed(*, user: User, now: datetime) -> list[CaseRow]:
    """Return the cases a person put aside and may still see, the first to come back first; at most MOST."""
    queue_ids = [queue.pk for queue in permissions.queues_of(user)]
    aside = Case.objects.filter(state=CaseState.WAITING, snoozed_by=user, queue__in=queue_ids)
    return case_rows(aside.select_related("entity", "claimed_by").order_by("wait_until", "pk")[:MOST], now=now)


def my_held(*, user: User) -> list[HeldDecision]:
    """Return my decisions of which an effect still waits to be sent, the next first; at most MOST."""
    held = Action.objects.filter(state=ActionState.HELD, next_at__gt=Now(), decision__actor=user, reverses=None)
    standing = held.filter(decision__supersedes=None, decision__superseded_by=None)
    found: dict[int, HeldDecision] = {}
    for action in standing.select_related("decision__case").order_by("next_at", "pk")[:MOST]:
        case, made = action.decision.case, found.get(action.decision_id)
        kinds = [*(made.effects if made else []), KINDS[action.kind].name]
        found[action.decision_id] = HeldDecision(action.decision_id, case.ref, case.headline, kinds, action.next_at)
    return list(found.values())


def my_decisions(*, user: User, limit: int = 200) -> list[MyDecision]:
    """Return a person's last decisions, in two statements."""
    made = Decision.objects.filter(actor=user, supersedes=None).select_related("case", "superseded_by")
    return [_mine(decision) for decision in made.prefetch_related("actions").order_by("-pk")[:limit]]


def _mine(decision: Decision) -> MyDecision:
    return MyDecision(
        id=decision.pk,
        case_ref=decision.case.ref,
        headline=decision.case.headline,
        decided_at=decision.decided_at,
        verdict=decision.verdict,
        label_class=decision.label_class,
        may_undo=not is_reversed(decision),
        action_states=[(action.kind, action.state) for action in decision.actions.all()],
    )


def undone(*, decision_id: int) -> Undone:
    """Return what the reversing decision with this id did."""
    reversal = Decision.objects.select_related("case").get(pk=decision_id)
    case = reversal.case
    newer = reversals.find_newer_open(case) if case.state == CaseState.CLOSED else None
    left = Action.objects.filter(decision=reversal.supersedes_id, state__in=STAYS).order_by("pk")
    stays = dict.fromkeys(KINDS[action.kind].done_sentence for action in left if KINDS[action.kind].inverse is None)
    member = CaseMember.objects.filter(decision=reversal.supersedes_id).select_related("case").first()
    case = member.case if member is not None and member.case.state != CaseState.CLOSED else case
    return Undone(
        case_ref=case.ref,
        reopened=case.state == CaseState.REVIEWING,
        newer_ref=newer.ref if newer else None,
        stays=list(stays),
    )
