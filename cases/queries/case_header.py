"""The case itself, fetched through the rights of the person who asks."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from cases.queries.names import EntityName
from tscore.core.models import User


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
    terms: RankTerms
    lease: Lease
    follows_ref: str | None
    newer_ref: str | None
    may_lead: bool


def case_for(user: User, ref: str) -> Case:
    """Return the case behind `C-812` with entity, abuse type, queue and holder.

    Raises:
        Missing: no such case, or this person may not see its queue.
    """
    raise NotImplementedError


def header(*, case: Case, user: User, now: datetime) -> CaseHeader:
    """Return what the top of the workspace shows."""
    raise NotImplementedError
