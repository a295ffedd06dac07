"""What people noted about a case, with what it said before and whom it called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from cases.models import Case, InboxItem, Note, NoteVersion
from cases.services import notes
from tscore.core.models import User

NOTES = 100


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note; `text` is None once erased, and so is that of each earlier version (oldest first, with when it stood).

    `told` names those in whose inbox it stands, `case_ref` the case it was written on: a pinned one is shown on every
    case of its subject.
    """

    id: int
    case_ref: str
    author_id: int
    author_name: str
    written_at: datetime
    edited_at: datetime | None
    text: str | None
    is_pinned: bool
    told: list[str]
    earlier: list[tuple[datetime, str | None]]


def notes_of(case: Case, *, queue_ids: Collection[int]) -> list[NoteView]:
    """Return the notes of a case and the one pinned to its subject, that first, then newest first; three statements.

    Args:
        queue_ids: the queues this person may review; a note pinned on a case of another one is not shown.
    """
    own = Q(case=case) | Q(is_pinned=True, case__queue__in=queue_ids)
    return _views(Q(own, case__entity=case.entity_id))


def notes_about(entity_id: int, *, queue_ids: Collection[int]) -> list[NoteView]:
    """Return the notes of all cases about an entity that wait in these queues, in the same order and statements."""
    return _views(Q(case__entity=entity_id, case__queue__in=queue_ids))


def written_since(*, case_id: int, after: int, user: User) -> list[str]:
    """Return who else wrote notes on a case after that note, each name once, in their order."""
    later = Note.objects.filter(case_id=case_id, pk__gt=after).exclude(author=user).order_by("pk")
    return list(dict.fromkeys(later.values_list("author__name", flat=True)))


def _views(which: Q) -> list[NoteView]:
    written = Note.objects.filter(which).select_related("author", "body_key")
    earlier = NoteVersion.objects.select_related("body_key").order_by("pk")
    told = InboxItem.objects.select_related("person").order_by("person__name", "pk")
    found = written.prefetch_related(
        Prefetch("versions", queryset=earlier, to_attr="earlier"), Prefetch("told", queryset=told, to_attr="told_of")
    )
    return [_view(note) for note in found.order_by("-is_pinned", "-written_at", "-pk")[:NOTES]]


def _view(note: Note) -> NoteView:
    return NoteView(
        id=note.pk,
        case_ref=f"C-{note.case_id}",
        author_id=note.author_id,
        author_name=note.author.name,
        written_at=note.written_at,
        edited_at=note.edited_at,
        text=notes.text_of(note),
        is_pinned=note.is_pinned,
        told=[item.person.name for item in note.told_of],  # type: ignore[attr-defined]
        earlier=[(version.written_at, notes.text_of(version)) for version in note.earlier],  # type: ignore[attr-defined]
    )
