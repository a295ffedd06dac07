"""Decisions that were made, with what became of their actions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from cases.action_kinds import KINDS
from cases.models import Action, Case, Decision
from cases.services import catalogue
from tscore.core.models import User

ABOUT = 50


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision on this case, newest first; `undo_by_me` = this person may take it back now."""

    id: int
    decider_name: str
    decided_at: datetime
    policy: str
    verdict: str
    label_class: str
    reason_name: str
    is_reversal: bool
    is_reversed: bool
    undo_by_me: bool
    actions: list[tuple[str, str]]  # (sentence, state)


def past_decisions(*, case: Case, user: User) -> list[PastDecision]:
    """Return the decisions on a case, in two statements."""
    return [_past(decision, user) for decision in _made(case=case)]


def decisions_about(entity_id: int, *, user: User, queue_ids: Collection[int]) -> list[tuple[str, PastDecision]]:
    """Return the newest decisions on cases about an entity in these queues, each with its case; two statements."""
    made = _made(case__entity=entity_id, case__queue__in=queue_ids)[:ABOUT]
    return [(f"C-{decision.case_id}", _past(decision, user)) for decision in made]


def _made(**which: object) -> QuerySet[Decision]:
    actions = Prefetch("actions", queryset=Action.objects.select_related("entity").order_by("pk"))
    made = Decision.objects.filter(**which).select_related("actor", "superseded_by").prefetch_related(actions)
    return made.order_by("-pk")


def is_reversed(decision: Decision) -> bool:
    """Tell whether a later decision supersedes this one, which came with `superseded_by`."""
    return getattr(decision, "superseded_by", None) is not None


def _past(decision: Decision, user: User) -> PastDecision:
    known = catalogue.current()
    reason = known.reasons.get(decision.reason_id or 0)
    is_reversal = decision.supersedes_id is not None
    return PastDecision(
        id=decision.pk,
        decider_name=decision.actor.name,
        decided_at=decision.decided_at,
        policy=str(known.policies[decision.policy_id]),
        verdict=decision.verdict,
        label_class=decision.label_class,
        reason_name=reason.name if reason else "",
        is_reversal=is_reversal,
        is_reversed=is_reversed(decision),
        undo_by_me=decision.actor_id == user.pk and not is_reversal and not is_reversed(decision),
        actions=[(_sentence(action), action.state) for action in decision.actions.all()],
    )


def _sentence(action: Action) -> str:
    return f"{action.entity.kind} {KINDS[action.kind].done_sentence}"
