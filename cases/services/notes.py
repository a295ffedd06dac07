"""What people write on a case, encrypted under a key of its own so that it can be made unreadable for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cases import permissions
from cases.enums import InboxKind
from cases.models import Case, Note, NoteVersion
from cases.services import mentions
from cases.services.holding import locked
from cases.verbs import Verb
from tscore.core import audit, crypto, db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST = 5000


class BadNote(Invalid):
    """A note has 1 to 5,000 characters."""


class UnknownName(BadNote):
    """Nobody of this name may see this queue."""


class NoLead(BadNote):
    """Nobody else leads this queue, so there is nobody to ask."""


def add(*, case_id: int, actor: User, text: str, now: datetime, asks_lead: bool = False) -> Note:
    """Add a note to a case of a queue the person may review; whoever decides must have seen it.

    Whoever it calls by `@Name` is told, and with `asks_lead` every other lead of the queue. A lease goes on as it was.

    Raises:
        BadNote: the text is empty or too long.
        UnknownName: it calls somebody who may not see this queue.
        NoLead: nobody else leads the queue.
        Missing: no such case for this person.
    """

    def added() -> Note:
        case = locked(case_id=case_id, actor=actor)
        note = write(case=case, author=actor, text=text, now=now, asks_lead=asks_lead)
        Case.objects.filter(pk=case.pk).update(version=case.version + 1)
        return note

    return db.in_any_transaction(added)


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note as it is stored, with whom it is put before and why; without a note both parts are None."""

    key: bytes | None = None
    body: bytes | None = None
    told: dict[int, InboxKind] = field(default_factory=dict)

    @property
    def terms(self) -> dict[str, object]:
        """Return what INSERT takes besides `case`, `actor` and `now`."""
        kinds = [str(kind) for kind in self.told.values()]
        return {"note_key": self.key, "note_body": self.body, "told": list(self.told), "told_kinds": kinds}


# Three parts of a statement: the key, the note under it, and what stands in the inboxes of those it calls. They write
# nothing where there is no note, so that a decision carries its note along without a round trip more.
INSERT = """
kept AS (
  INSERT INTO core_erasablekey (wrapped, tokens, created_at)
  SELECT sealed.key, '{}', %(now)s FROM (SELECT %(note_key)s::bytea AS key) sealed WHERE sealed.key IS NOT NULL
  RETURNING id),
noted AS (
  INSERT INTO cases_note (case_id, author_id, body, body_key_id, written_at, is_pinned)
  SELECT %(case)s, %(actor)s, %(note_body)s::bytea, kept.id, %(now)s, false FROM kept
  RETURNING *),
called AS (
  INSERT INTO cases_inboxitem (person_id, kind, actor_id, case_id, note_id, words, link, made_at)
  SELECT told.person, told.kind, %(actor)s, %(case)s, noted.id, '', '', %(now)s
    FROM noted, unnest(%(told)s::bigint[], %(told_kinds)s::text[]) AS told (person, kind))
"""


@db.transaction_required
def write(*, case: Case, author: User, text: str, now: datetime, asks_lead: bool = False) -> Note:
    """Store a note with its audit row and tell whom it calls; the audit trail holds no word of it."""
    sealed = seal(text, now, case=case, author=author, asks_lead=asks_lead)
    [note] = Note.objects.raw(
        f"WITH {INSERT} SELECT * FROM noted", {"case": case.pk, "actor": author.pk, "now": now, **sealed.terms}
    )
    audit.record_many([entry(case=case, author=author, note_id=note.pk, now=now)])
    return note


def seal(text: str, now: datetime, *, case: Case, author: User, asks_lead: bool = False) -> SealedNote:
    """Encrypt a note under a key of its own, and find whom it calls; only a text with an `@` costs a statement.

    Raises:
        BadNote, UnknownName, NoLead: see `add`.
    """
    body = checked(text)
    told = dict.fromkeys(called_in(body, queue_id=case.queue_id), InboxKind.MENTION)
    if asks_lead:
        told |= dict.fromkeys(_other_leads(case.queue_id, author), InboxKind.QUESTION)
    key, ciphertext = crypto.seal_erasable(body, [], now)
    return SealedNote(bytes(key.wrapped), ciphertext, told)


def checked(text: str) -> str:
    """Return what is stored of a text, or raise BadNote."""
    body = text.strip()
    if not 1 <= len(body) <= LONGEST or "\x00" in body:
        raise BadNote(fields=[FieldProblem("note", "invalid", "1 to 5,000 characters")])
    return body


def called_in(body: str, *, queue_id: int) -> list[int]:
    """Return the ids of the people whom a text calls, or raise UnknownName."""
    found = mentions.read(body, permissions.reviewers_of(queue_id)) if "@" in body else mentions.Mentions([], [])
    if found.unknown:
        names = ", ".join(f"@{word}" for word in found.unknown[:3])
        words = f"{names}: nobody of this name may see this queue. Correct the name, or write it without @."
        raise UnknownName(words, fields=[FieldProblem("note", "unknown_name", words)])
    return found.person_ids


def _other_leads(queue_id: int, author: User) -> list[int]:
    leads = [pk for pk, _ in permissions.leads_of(queue_id) if pk != author.pk]
    if not leads:
        raise NoLead
    return leads


def entry(*, case: Case, author: User, note_id: int, now: datetime) -> audit.Entry:
    """Return the audit entry of a note; it holds no word of it."""
    return audit.Entry(
        actor=author, verb=Verb.NOTE_ADDED, object_type="case", object_ref=case.ref, at=now, after={"note": note_id}
    )


def text_of(note: Note | NoteVersion) -> str | None:
    """Return what the note says, or None once it is erased."""
    return crypto.open_erasable(note.body_key, bytes(note.body))
