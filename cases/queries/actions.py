"""The list of actions with their delivery state."""

from dataclasses import dataclass
from datetime import datetime

from cases.queries.names import EntityName
from tscore.core.models import User


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
    raise NotImplementedError
