"""The overview of all queues and the list of one queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cases import permissions
from cases.filter_text import Filter
from cases.models import Queue
from cases.queries.lists import case_list
from cases.queries.rows import RISK_SHARE, CaseRow
from signals.enums import Severity
from tscore.core import db
from tscore.core.models import User

__all__ = ["COUNT_CAP", "CaseRow", "QueueCard", "QueuePage", "queue_cards", "queue_page"]

COUNT_CAP = 10_000
EVERY = Filter()


@dataclass(frozen=True, slots=True)
class QueueCard:
    """One queue as its tile: counts stop at COUNT_CAP (`capped`), and the oldest is then not known."""

    slug: str
    name: str
    open_count: int
    capped: bool
    at_risk_count: int
    oldest_opened_at: datetime | None
    mine_count: int
    may_lead: bool
    severity_counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue: `severity_counts` has every severity word, zero included; the cursors are a CaseList's."""

    queue: Queue
    rows: list[CaseRow]
    next_cursor: str | None
    further_cursor: str | None
    is_cut: bool
    open_count: int
    capped: bool
    at_risk_count: int
    oldest_opened_at: datetime | None
    severity_counts: dict[str, int]
    may_lead: bool


class _Line(NamedTuple):
    severity: str
    cases: int
    at_risk: int
    oldest: datetime
    mine: int


@dataclass(frozen=True, slots=True)
class _Counts:
    severity: dict[str, int]
    at_risk: int
    oldest: datetime | None
    mine: int

    @property
    def open_count(self) -> int:
        return sum(self.severity.values())


# Reads at most COUNT_CAP rows of each queue, so that a flood in one makes no page slow.
_COUNTS = f"""
SELECT queue.id, counted.severity, count(*), count(*) FILTER (WHERE counted.is_at_risk), min(counted.opened_at),
       count(*) FILTER (WHERE counted.is_mine)
  FROM unnest(%(queues)s::bigint[]) AS queue (id)
  CROSS JOIN LATERAL (
    SELECT c.severity, c.opened_at,
           c.wait_for = '' AND %(now)s > c.due_at - (c.due_at - c.opened_at) * {RISK_SHARE} AS is_at_risk,
           c.state = 'reviewing' AND c.claimed_by_id = %(user)s AS is_mine
      FROM cases_case c WHERE c.queue_id = queue.id AND c.state <> 'closed' LIMIT {COUNT_CAP}) counted
 GROUP BY queue.id, counted.severity
"""


def queue_cards(*, user: User, now: datetime) -> list[QueueCard]:
    """Return the queues a person may review, in their fixed order."""
    queues = permissions.queues_of(user)
    counts = _counts(queues, user, now)
    return [_card(queue, counts[queue.pk], user) for queue in queues]


def queue_card(*, user: User, queue: Queue, now: datetime) -> QueueCard:
    """Return one queue that this person may see, counted anew in one statement."""
    return _card(queue, _counts([queue], user, now)[queue.pk], user)


def _card(queue: Queue, counts: _Counts, user: User) -> QueueCard:
    return QueueCard(
        slug=queue.slug,
        name=queue.name,
        open_count=counts.open_count,
        capped=counts.open_count >= COUNT_CAP,
        at_risk_count=counts.at_risk,
        oldest_opened_at=counts.oldest,
        mine_count=counts.mine,
        may_lead=permissions.may_lead(user, queue),
        severity_counts=counts.severity,
    )


def queue_page(*, user: User, slug: str, now: datetime, cursor: str | None = None, asked: Filter = EVERY) -> QueuePage:
    """Return one page of the open cases of a queue that a filter lets through.

    Raises:
        Missing: there is no such queue, or this person may not see it.
    """
    queue = permissions.visible_queue(user, slug)
    found = case_list(queues=[queue], asked=asked, user=user, now=now, cursor=cursor)
    counts = _counts([queue], user, now)[queue.pk]
    return QueuePage(
        queue=queue,
        rows=found.rows,
        next_cursor=found.next_cursor,
        further_cursor=found.further_cursor,
        is_cut=found.is_cut,
        open_count=counts.open_count,
        capped=counts.open_count >= COUNT_CAP,
        at_risk_count=counts.at_risk,
        oldest_opened_at=counts.oldest,
        severity_counts=counts.severity,
        may_lead=permissions.may_lead(user, queue),
    )


def _counts(queues: list[Queue], user: User, now: datetime) -> dict[int, _Counts]:
    found: dict[int, list[_Line]] = {queue.pk: [] for queue in queues}
    if queues:
        for queue_id, *figures in db.rows(_COUNTS, {"queues": list(found), "now": now, "user": user.pk}):
            found[queue_id].append(_Line(*figures))
    return {queue_id: _summed(lines) for queue_id, lines in found.items()}


def _summed(lines: list[_Line]) -> _Counts:
    severity = dict.fromkeys(Severity.values, 0) | {line.severity: line.cases for line in lines}
    is_capped = sum(severity.values()) >= COUNT_CAP
    oldest = min((line.oldest for line in lines), default=None)
    return _Counts(
        severity=severity,
        at_risk=sum(line.at_risk for line in lines),
        oldest=None if is_capped else oldest,
        mine=sum(line.mine for line in lines),
    )
