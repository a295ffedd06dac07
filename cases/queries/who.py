"""The left pane: who this is about."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from cases.queries.names import EntityName


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject's card."""

    name: EntityName
    state: str
    state_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    event_count: int  # stops at 1,000
    prior_decisions: int
    prior_actions: int
    label_classes: list[str]


@dataclass(frozen=True, slots=True)
class Linked:
    """An entity seen together with the subject, and how many accounts share it (stops at 100)."""

    name: EntityName
    link_kind: str
    first_seen_at: datetime
    last_seen_at: datetime
    count: int
    account_count: int
    actioned_count: int


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another case of the same subject."""

    ref: str
    abuse_name: str
    severity: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Who:
    """Everything the left pane shows."""

    subject: Subject
    linked: list[Linked]
    other_cases: list[OtherCase]


def who(*, case: Case) -> Who:
    """Return the subject, what is linked to it and its other cases."""
    raise NotImplementedError
