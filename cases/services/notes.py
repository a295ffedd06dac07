"""What people write on a case, encrypted under a key of its own so that it can be made unreadable for ever."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case, Note
from cases.services.holding import locked
from cases.verbs import Verb
from tscore.core import audit, crypto, db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST = 5000


class BadNote(Invalid):
    """A note has 1 to 5,000 characters."""


def add(*, case_id: int, actor: User, text: str, now: datetime) -> Note:
    """Add a note to a case of a queue the person may review; whoever decides must have seen it.

    Raises:
        BadNote: the text is empty or too long.
        Missing: no such case for this person.
    """

    def added() -> Note:
        case = locked(case_id=case_id, actor=actor)
        note = write(case=case, author=actor, text=text, now=now)
        Case.objects.filter(pk=case.pk).update(version=case.version + 1)
        return note

    return db.in_transaction(added)


@db.transaction_required
def write(*, case: Case, author: User, text: str, now: datetime) -> Note:
    """Store a note with its audit row; the audit trail holds no word of it."""
    body = text.strip()
    if not 1 <= len(body) <= LONGEST or "\x00" in body:
        raise BadNote(fields=[FieldProblem("note", "invalid", "1 to 5,000 characters")])
    key, ciphertext = crypto.seal_erasable(body, [], now)
    key.save()
    note = Note.objects.create(case=case, author=author, body=ciphertext, body_key=key, written_at=now)
    audit.record(
        actor=author, verb=Verb.NOTE_ADDED, object_type="case", object_ref=case.ref, at=now, after={"note": note.pk}
    )
    return note


def text_of(note: Note) -> str | None:
    """Return what the note says, or None once it is erased."""
    return crypto.open_erasable(note.body_key, bytes(note.body))
