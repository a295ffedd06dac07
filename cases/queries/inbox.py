"""What waits in a person's inbox. An item of a queue they may no longer see is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from cases import permissions
from cases.enums import InboxKind
from cases.models import InboxItem
from cases.services import notes
from tscore.core.errors import Missing
from tscore.core.models import User
from tscore.core.pagination import Keyset

COUNT_CAP = 100
ORDER = Keyset(order=("-id",))


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line: `headline` was written by a detector, `text` by a colleague (None: no note, or it is erased).

    `words` are ours; `url` leads to the case, at its note, or to the page of a job.
    """

    id: int
    kind: str
    label: str
    actor_name: str
    case_ref: str
    headline: str
    queue_name: str
    text: str | None
    words: str
    url: str
    made_at: datetime
    is_done: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page, newest first; `newest` is the id up to which "all done" reaches (0: nothing is shown)."""

    rows: list[InboxRow]
    next_cursor: str | None
    newest: int


def waiting_count(user: User) -> int:
    """Return how much waits for a person, at most 100."""
    return _of(user, is_done=False)[:COUNT_CAP].count()


def inbox_page(*, user: User, is_done: bool = False, cursor: str | None = None) -> InboxPage:
    """Return one page of what waits, or of what was put away, in one statement."""
    found = ORDER.page(_with_parts(_of(user, is_done=is_done)), cursor)
    rows = [_row(item) for item in found.items]
    return InboxPage(rows=rows, next_cursor=found.next_cursor, newest=rows[0].id if rows else 0)


def newest(*, user: User, limit: int) -> list[InboxRow]:
    """Return the newest that waits."""
    return [_row(item) for item in _with_parts(_of(user, is_done=False)).order_by("-pk")[:limit]]


def one(*, user: User, item_id: int) -> InboxRow:
    """Return one line of one's own inbox, or raise Missing for any other."""
    item = _with_parts(_mine(user)).filter(pk=item_id).first()
    if item is None:
        raise Missing
    return _row(item)


def _mine(user: User) -> QuerySet[InboxItem]:
    queue_ids = [queue.pk for queue in permissions.queues_of(user)]
    return InboxItem.objects.filter(Q(case=None) | Q(case__queue__in=queue_ids), person=user)


def _of(user: User, *, is_done: bool) -> QuerySet[InboxItem]:
    return _mine(user).filter(done_at__isnull=not is_done)


def _with_parts(items: QuerySet[InboxItem]) -> QuerySet[InboxItem]:
    return items.select_related("actor", "case__queue", "note__body_key")


def _row(item: InboxItem) -> InboxRow:
    case: Any = item.case
    return InboxRow(
        id=item.pk,
        kind=item.kind,
        label=InboxKind(item.kind).label,
        actor_name=item.actor.name if item.actor else "",
        case_ref=case.ref if case else "",
        headline=case.headline if case else "",
        queue_name=case.queue.name if case else "",
        text=notes.text_of(item.note) if item.note else None,
        words=item.words,
        url=_url(item),
        made_at=item.made_at,
        is_done=item.done_at is not None,
    )


def _url(item: InboxItem) -> str:
    if item.case is None:
        return item.link
    place = f"#note-{item.note_id}" if item.note_id else ""
    return item.link or reverse("cases:case", args=[item.case.ref]) + place
