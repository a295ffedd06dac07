"""One line of a list of cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from cases.queries.names import EntityName, names_of

# A case is at risk when less than this share of its time is left.
RISK_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a queue list. `headline` was written by a detector; money is in minor units of the base currency.

    `is_stopped`: the clock stands still, because the case waits for somebody outside.
    """

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
    is_stopped: bool
    is_escalated: bool
    holder_id: int | None
    holder_name: str
    wait_until: datetime | None
    fence: int


def case_rows(cases: Iterable[Case], *, now: datetime) -> list[CaseRow]:
    """Return lines in the same order; the cases come with `entity` and `claimed_by`."""
    listed = list(cases)
    names = names_of(case.entity for case in listed)
    return [_row(case, names[case.entity_id], now) for case in listed]


def _row(case: Case, subject: EntityName, now: datetime) -> CaseRow:
    return CaseRow(
        id=case.pk,
        ref=case.ref,
        headline=case.headline,
        subject=subject,
        severity=case.severity,
        state=case.state,
        stake_minor=case.stake_minor,
        probability=case.probability,
        priority=case.priority,
        opened_at=case.opened_at,
        due_at=case.due_at,
        is_overdue=not case.wait_for and case.due_at < now,
        is_at_risk=not case.wait_for and now > case.due_at - (case.due_at - case.opened_at) * RISK_SHARE,
        is_stopped=bool(case.wait_for),
        is_escalated=case.escalated_at is not None,
        holder_id=case.claimed_by_id,
        holder_name=case.claimed_by.name if case.claimed_by else "",
        wait_until=case.wait_until,
        fence=case.fence,
    )
