"""A person's own work: what they hold, what they decided."""

from dataclasses import dataclass
from datetime import datetime

from cases.queries.queues import CaseRow
from tscore.core.models import User


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
class Undone:
    """What taking back a decision did, for the toast: `stays` names effects that cannot be taken back."""

    case_ref: str
    reopened: bool
    newer_ref: str | None
    stays: list[str]


def my_claims(*, user: User, now: datetime) -> list[CaseRow]:
    """Return the cases a person holds, most urgent first."""
    raise NotImplementedError


def my_decisions(*, user: User, limit: int = 200) -> list[MyDecision]:
    """Return a person's last decisions."""
    raise NotImplementedError


def undone(*, decision_id: int) -> Undone:
    """Return what the reversing decision did."""
    raise NotImplementedError
