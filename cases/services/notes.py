"""What people write on a case, encrypted under a key of its own so that it can be made unreadable for ever."""

from __future__ import annotations

from dataclasses import dataclass
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

    return db.in_any_transaction(added)


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note as it is stored; without a note both parts are None."""

    key: bytes | None = None
    body: bytes | None = None

    @property
    def terms(self) -> dict[str, bytes | None]:
        """Return what INSERT takes besides `case`, `actor` and `now`."""
        return {"note_key": self.key, "note_body": self.body}


# Two parts of a statement: the key, then the note under it. They write nothing where there is no note, so that a
# decision carries its note along without a round trip more.
INSERT = """
kept AS (
  INSERT INTO core_erasablekey (wrapped, tokens, created_at)
  SELECT sealed.key, '{}', %(now)s FROM (SELECT %(note_key)s::bytea AS key) sealed WHERE sealed.key IS NOT NULL
  RETURNING id),
noted AS (
  INSERT INTO cases_note (case_id, author_id, body, body_key_id, written_at)
  SELECT %(case)s, %(actor)s, %(note_body)s::bytea, kept.id, %(now)s FROM kept
  RETURNING *)
"""


@db.transaction_required
def write(*, case: Case, author: User, text: str, now: datetime) -> Note:
    """Store a note with its audit row; the audit trail holds no word of it."""
    terms = {"case": case.pk, "actor": author.pk, "now": now, **seal(text, now).terms}
    [note] = Note.objects.raw(f"WITH {INSERT} SELECT * FROM noted", terms)
    audit.record_many([entry(case=case, author=author, note_id=note.pk, now=now)])
    return note


def seal(text: str, now: datetime) -> SealedNote:
    """Encrypt a note under a key of its own.

    Raises:
        BadNote: the text is empty or too long.
    """
    body = text.strip()
    if not 1 <= len(body) <= LONGEST or "\x00" in body:
        raise BadNote(fields=[FieldProblem("note", "invalid", "1 to 5,000 characters")])
    key, ciphertext = crypto.seal_erasable(body, [], now)
    return SealedNote(bytes(key.wrapped), ciphertext)


def entry(*, case: Case, author: User, note_id: int, now: datetime) -> audit.Entry:
    """Return the audit entry of a note; it holds no word of it."""
    return audit.Entry(
        actor=author, verb=Verb.NOTE_ADDED, object_type="case", object_ref=case.ref, at=now, after={"note": note_id}
    )


def text_of(note: Note) -> str | None:
    """Return what the note says, or None once it is erased."""
    return crypto.open_erasable(note.body_key, bytes(note.body))
