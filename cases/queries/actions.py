"""The list of actions with their delivery state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from cases import permissions
from cases.action_kinds import KINDS
from cases.models import Action
from cases.models.action import UNFINISHED
from cases.queries.names import EntityName, names_of
from cases.queries.past import is_reversed
from tscore.core.models import User
from tscore.core.pagination import Keyset

ORDER = Keyset(order=("-id",))
RELATED = ("entity", "reverses", "reversed_by", "decision__case", "decision__actor", "decision__superseded_by")


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action; `said` is the marketplace's reason or the last error, in its own words."""

    public_id: str
    kind: str
    sentence: str
    target: EntityName
    state: str
    attempts: int
    next_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    said: str
    reverses: str | None
    reversed_by: str | None
    case_ref: str
    decision_id: int
    decider_name: str
    may_undo: bool


@dataclass(frozen=True, slots=True)
class ActionPage:
    """One page of actions, newest first; `state_counts` of the unfinished ones."""

    rows: list[ActionRow]
    next_cursor: str | None
    state_counts: dict[str, int]


def action_page(*, user: User, state: str = "", cursor: str | None = None) -> ActionPage:
    """Return the actions of the queues a person may see."""
    visible = visible_actions(user)
    found = ORDER.page((visible.filter(state=state) if state else visible).select_related(*RELATED), cursor)
    counts = visible.filter(UNFINISHED).values_list("state").annotate(Count("pk")).order_by("state")
    return ActionPage(action_rows(found.items, user=user), found.next_cursor, dict(counts))


def visible_actions(user: User) -> QuerySet[Action]:
    """Return the actions of decisions in the person's queues."""
    queues = [queue.pk for queue in permissions.queues_of(user)]
    return Action.objects.filter(decision__case__queue__in=queues)


def action_rows(actions: Iterable[Action], *, user: User) -> list[ActionRow]:
    """Return lines in the same order; the actions come with RELATED."""
    listed = list(actions)
    names = names_of(action.entity for action in listed)
    return [_row(action, names[action.entity_id], user) for action in listed]


def _row(action: Action, target: EntityName, user: User) -> ActionRow:
    decision = action.decision
    by = getattr(action, "reversed_by", None)
    return ActionRow(
        public_id=action.public_id,
        kind=action.kind,
        sentence=KINDS[action.kind].sentence,
        target=target,
        state=action.state,
        attempts=action.attempts,
        next_at=action.next_at,
        created_at=action.created_at,
        settled_at=action.settled_at,
        said=action.last_error or str((action.answer or {}).get("reason") or ""),
        reverses=action.reverses.public_id if action.reverses else None,
        reversed_by=by.public_id if by else None,
        case_ref=decision.case.ref,
        decision_id=decision.pk,
        decider_name=decision.actor.name,
        may_undo=decision.actor_id == user.pk and decision.supersedes_id is None and not is_reversed(decision),
    )
