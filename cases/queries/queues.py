"""The overview of all queues and the list of one queue."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Queue
from cases.queries.names import EntityName
from tscore.core.models import User

COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class QueueCard:
    """One queue as its tile: `open_count` and `at_risk_count` stop at COUNT_CAP (`capped`)."""

    slug: str
    name: str
    open_count: int
    capped: bool
    at_risk_count: int
    oldest_opened_at: datetime | None
    mine_count: int
    may_lead: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a queue list. `headline` was written by a detector; money is in minor units of the base currency."""

    id: int
    ref: str
    headline: str
    subject: EntityName
    severity: str
    state: str
    stake_minor: int
    probability: float
    priority: float
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    is_at_risk: bool
    is_escalated: bool
    holder_id: int | None
    holder_name: str
    wait_until: datetime | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue: `severity_counts` has every severity word, zero included."""

    queue: Queue
    rows: list[CaseRow]
    next_cursor: str | None
    open_count: int
    capped: bool
    at_risk_count: int
    oldest_opened_at: datetime | None
    severity_counts: dict[str, int]
    may_lead: bool


def queue_cards(*, user: User, now: datetime) -> list[QueueCard]:
    """Return the queues a person may review, in their fixed order."""
    raise NotImplementedError


def queue_page(
    *,
    user: User,
    slug: str,
    now: datetime,
    cursor: str | None = None,
    severity: str = "",
    state: str = "",
    mine: bool = False,
) -> QueuePage:
    """Return one page of the open cases of a queue in the order of the claim.

    Raises:
        Missing: there is no such queue, or this person may not see it.
    """
    raise NotImplementedError
