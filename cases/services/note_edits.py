"""Changing a note and pinning it to its subject. What it said before is kept, under the key it had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cases.enums import InboxKind
from cases.models import Case, Note, NoteVersion
from cases.services import inbox, notes
from cases.services.holding import locked
from cases.verbs import Verb
from tscore.core import audit, crypto, db
from tscore.core.errors import Conflict, Missing, Refused
from tscore.core.models import User


class NotYourNote(Refused):
    """Only its author may change a note. Add one of your own."""

    granted_by = ""


class NoteErased(Conflict):
    """This note was erased on request."""


def edit(*, case_id: int, note_id: int, actor: User, text: str, now: datetime) -> Note:
    """Change what one's own note says; whoever it calls now and did not before is told.

    Raises:
        NotYourNote: somebody else wrote it.
        NoteErased: it cannot be read any more.
        BadNote, UnknownName: see `notes.add`.
        Missing: no such note on a case of this person's queues.
    """

    def edited(case: Case, note: Note) -> None:
        if note.author_id != actor.pk:
            raise NotYourNote
        before, body = notes.text_of(note), notes.checked(text)
        if before is None:
            raise NoteErased
        if body != before:
            _replace(case, note, body, actor, now)

    return _changed(case_id, note_id, actor, edited)


def pin(*, case_id: int, note_id: int, actor: User, pinned: bool, now: datetime) -> Note:
    """Show a note on every case of its subject, in place of the one shown so far; or no longer.

    Raises:
        Missing: no such note on a case of this person's queues.
    """

    def turned(case: Case, note: Note) -> None:
        if note.is_pinned == pinned:
            return
        if pinned:
            Note.objects.filter(case__entity=case.entity_id, is_pinned=True).update(is_pinned=False)
        note.is_pinned = pinned
        note.save(update_fields=["is_pinned"])
        _record(case, note, actor, Verb.NOTE_PINNED if pinned else Verb.NOTE_UNPINNED, now)

    return _changed(case_id, note_id, actor, turned)


def _changed(case_id: int, note_id: int, actor: User, change: Callable[[Case, Note], None]) -> Note:
    def run() -> Note:
        case = locked(case_id=case_id, actor=actor)
        note = Note.objects.filter(pk=note_id, case=case).select_related("body_key").first()
        if note is None:
            raise Missing
        change(case, note)
        return note

    return db.in_any_transaction(run)


def _replace(case: Case, note: Note, body: str, actor: User, now: datetime) -> None:
    told = notes.called_in(body, queue_id=case.queue_id)
    NoteVersion.objects.create(
        note=note, body=note.body, body_key=note.body_key, written_at=note.edited_at or note.written_at
    )
    key, note.body = crypto.seal_erasable(body, [], now)
    key.save()
    note.body_key, note.edited_at = key, now
    note.save(update_fields=["body", "body_key", "edited_at"])
    inbox.tell_all(told, InboxKind.MENTION, actor=actor, case=case, note=note, now=now)
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    _record(case, note, actor, Verb.NOTE_EDITED, now, version=note.versions.count() + 1)


def _record(case: Case, note: Note, actor: User, verb: Verb, now: datetime, **more: int) -> None:
    audit.record(
        actor=actor, verb=verb, object_type="case", object_ref=case.ref, at=now, after={"note": note.pk, **more}
    )
