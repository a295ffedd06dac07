"""One page of the open cases of some queues that a filter lets through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from cases.filter_text import Filter
from cases.models import Case, Queue
from cases.models.case import OPEN
from cases.queries.filters import LOOKED, RANK, Condition, condition
from cases.queries.rows import CaseRow, case_rows
from tscore.core.models import User
from tscore.core.pagination import Keyset

ORDER: Final = Keyset(order=("-priority", "due_at", "id"))
MOST_NEW: Final = 100
BY_SEVERITY: Final = Keyset(order=("-rank", "-priority", "due_at", "id"))


@dataclass(frozen=True, slots=True)
class CaseList:
    """Rows in the order of the claim, or by severity.

    `further_cursor` is there where the page ended because LOOKED cases were looked at, not because no more fit; sorted
    by severity there is none, and `is_cut` tells that only the LOOKED most urgent ones were sorted.
    """

    rows: list[CaseRow]
    next_cursor: str | None
    further_cursor: str | None
    is_cut: bool


def case_list(
    *, queues: Sequence[Queue], asked: Filter, user: User, now: datetime, cursor: str | None = None
) -> CaseList:
    """Return one page, in one statement, or two at the end of what was looked at."""
    wanted = condition(asked, user=user, now=now)
    is_plain = not wanted.rest and not wanted.by_severity and len(queues) == 1
    looked = _window(queues, wanted, None if wanted.by_severity else cursor, LOOKED)
    cases = _open(queues[0], wanted) if is_plain else Case.objects.filter(wanted.rest, pk__in=looked)
    order = BY_SEVERITY if wanted.by_severity else ORDER
    found = order.page(cases.annotate(rank=RANK).select_related("entity", "claimed_by"), cursor)
    more = None if is_plain or found.next_cursor else _last_looked_at(looked, _share(queues, LOOKED))
    goes_on = more is not None and len(queues) == 1 and not wanted.by_severity
    return CaseList(
        rows=case_rows(found.items, now=now),
        next_cursor=found.next_cursor,
        further_cursor=ORDER.cursor_after(more) if more and goes_on else None,
        is_cut=more is not None and not goes_on,
    )


def newer(*, queues: Sequence[Queue], asked: Filter, user: User, since: datetime, now: datetime) -> int:
    """Return how many open cases that a filter lets through were opened after an instant; stops at MOST_NEW."""
    wanted = condition(asked, user=user, now=now)
    opened = Case.objects.filter(OPEN, wanted.indexed, wanted.rest, queue__in=queues, opened_at__gt=since)
    return opened.values("pk")[:MOST_NEW].count()


def window(queues: Sequence[Queue], wanted: Condition, size: int) -> QuerySet[Case, Any]:
    """Return the ids of the most urgent `size` cases that the indexed part of a filter lets through."""
    return _window(queues, wanted, None, size)


def _window(queues: Sequence[Queue], wanted: Condition, cursor: str | None, size: int) -> QuerySet[Case, Any]:
    parts = [ORDER.beyond(_open(queue, wanted), cursor).values("pk")[: _share(queues, size)] for queue in queues]
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _open(queue: Queue, wanted: Condition) -> QuerySet[Case, Any]:
    return Case.objects.filter(OPEN, wanted.indexed, queue=queue)


def _share(queues: Sequence[Queue], size: int) -> int:
    return max(size // len(queues), 1)


def _last_looked_at(looked: QuerySet[Case, Any], most: int) -> Case | None:
    """Return the last of as many cases as may be looked at, None where there were fewer."""
    return next(iter(Case.objects.filter(pk__in=looked).order_by(*ORDER.order)[most - 1 : most]), None)
