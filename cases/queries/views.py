"""Saved views with how many cases each lets through now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from cases import permissions
from cases.models import Case, Queue, SavedView
from cases.queries import filter_addresses
from cases.queries.filters import condition
from cases.queries.lists import window
from cases.services import view_edits
from tscore.core.models import User

# So many tabs, each counted among so many of the most urgent cases: a bounded cost, whatever people save.
MOST_TABS: Final = 8
COUNTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view with its count; `is_capped` = only the COUNTED most urgent cases were looked at, so there may be more."""

    id: int
    name: str
    queue_slug: str
    queue_name: str
    count: int
    is_capped: bool
    is_shared: bool
    is_starred: bool


def views_of_queue(*, user: User, queue: Queue, now: datetime) -> list[ViewLine]:
    """Return the tabs of a queue: starred first, then one's own, then what others share; two statements."""
    found = _views(user).filter(Q(queue=queue) | Q(queue=None, owner=user))
    return _counted(list(found[:MOST_TABS]), user, now)


def starred_views(*, user: User, now: datetime) -> list[ViewLine]:
    """Return the views a person starred, for their home; two statements."""
    return _counted(list(_views(user).filter(starred_by=user)[:MOST_TABS]), user, now)


def queues_of_view(view: SavedView, user: User) -> list[Queue]:
    """Return the queues whose cases a view lists for this person."""
    return [queue for queue in permissions.queues_of(user) if view.queue_id in (None, queue.pk)]


def _views(user: User) -> QuerySet[SavedView]:
    starred = SavedView.starred_by.through.objects.filter(savedview=OuterRef("pk"), user=user)
    mine = Exists(SavedView.objects.filter(pk=OuterRef("pk"), owner=user))
    seen = SavedView.objects.filter(view_edits.seen_by(user))
    return seen.annotate(is_starred=Exists(starred), is_mine=mine).order_by("-is_starred", "-is_mine", "position", "pk")


def _counted(views: Sequence[SavedView], user: User, now: datetime) -> list[ViewLine]:
    counts = _counts(views, user, now)
    names = {queue.pk: queue for queue in permissions.queues_of(user)}
    return [_line(view, names.get(view.queue_id or 0), *counts.get(view.pk, (0, False))) for view in views]


def _line(view: SavedView, queue: Queue | None, count: int, is_capped: bool) -> ViewLine:
    return ViewLine(
        id=view.pk,
        name=view.name,
        queue_slug=queue.slug if queue else "",
        queue_name=queue.name if queue else "All your queues",
        count=count,
        is_capped=is_capped,
        is_shared=view.is_shared,
        is_starred=bool(view.is_starred),  # type: ignore[attr-defined]
    )


def _counts(views: Sequence[SavedView], user: User, now: datetime) -> dict[int, tuple[int, bool]]:
    """Return how many cases each view lets through, and whether more were not looked at, in one statement."""
    parts = [_count(view, queues, user, now) for view in views if (queues := queues_of_view(view, user))]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {view_id: (fit, looked >= COUNTED) for view_id, fit, looked in rows}


def _count(view: SavedView, queues: Sequence[Queue], user: User, now: datetime) -> QuerySet[Case, Any]:
    wanted = condition(filter_addresses.read(view.filter).shown, user=user, now=now)
    looked = Case.objects.filter(pk__in=window(queues, wanted, COUNTED))
    fit = Count("pk", filter=wanted.rest) if wanted.rest else Count("pk")
    grouped = looked.annotate(view=Value(view.pk, IntegerField())).values("view")
    return grouped.annotate(fit=fit, looked=Count("pk")).values_list("view", "fit", "looked")
