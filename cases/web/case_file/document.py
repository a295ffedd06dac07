"""What a case file says: facts and tables of plain text, the same for the page that prints and for the PDF.

Every text that strangers wrote has its links dead and its invisible characters named before it gets here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from cases.enums import Redaction
from cases.queries.case_file import Material
from cases.queries.names import EntityName
from cases.queries.what import EventView, NoteView
from cases.web import event_words
from cases.web.case_file import record_tables
from cases.web.case_file.tables import Section, instant
from tscore.core import untrusted
from tscore.core.templatetags.console import kind, money

PARTS: Final = {"timeline": "Timeline", "links": "Links", "notes": "Notes"}
LEFT_OUT: Final = "left out"
LONGEST: Final = 600


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file. `sha256` covers all the rest: whoever holds the same file computes the same."""

    ref: str
    title: str
    redaction: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    sha256: str = ""


def case_file(material: Material, *, redaction: Redaction, parts: Collection[str]) -> CaseFile:
    """Return the file of a case; `parts` are the sections of PARTS that were asked for."""
    material = _redacted(material, redaction)
    wanted: list[tuple[bool, Callable[[Material], Section]]] = [
        (True, record_tables.decisions),
        (True, record_tables.effects),
        (True, record_tables.reasons),
        (True, _evidence),
        ("timeline" in parts, _timeline),
        ("links" in parts, record_tables.links),
        ("notes" in parts, record_tables.notes),
        (True, record_tables.audit),
    ]
    made = CaseFile(
        ref=material.case.ref,
        title=_title(material),
        redaction=redaction.label,
        facts=_facts(material),
        sections=tuple(build(material) for is_wanted, build in wanted if is_wanted),
    )
    return replace(made, sha256=_sha256(made))


def _title(material: Material) -> str:
    return "Drawn at random" if material.is_blind else untrusted.plain(material.case.headline) or "No live signal"


def _sha256(made: CaseFile) -> str:
    body = json.dumps(asdict(made), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _redacted(material: Material, redaction: Redaction) -> Material:
    if redaction == Redaction.NONE:
        return material
    records = [replace(record, decider=record.pseudonym) for record in material.records]
    entries = [replace(entry, who=entry.pseudonym or entry.who) for entry in material.entries]
    happened = replace(material.what, notes=[_unsigned(note, redaction) for note in material.what.notes])
    if redaction == Redaction.WORDS:
        evidence, timeline = map(_wordless, happened.evidence), map(_wordless, happened.timeline)
        happened = replace(happened, evidence=list(evidence), timeline=list(timeline))
    return replace(material, records=records, entries=entries, what=happened)


def _unsigned(note: NoteView, redaction: Redaction) -> NoteView:
    text: Any = note.text if redaction == Redaction.PEOPLE else LEFT_OUT
    return replace(note, author_name=LEFT_OUT, text=text)


def _wordless(event: EventView) -> EventView:
    return replace(event, texts=[(member, LEFT_OUT) for member, _ in event.texts])


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    case, subject = material.case, material.subject
    hashed = [entry for entry in material.entries if entry.seq]
    span = f"{hashed[0].seq} to {hashed[-1].seq}" if hashed else "none sealed yet"
    facts = [
        ("Case", f"{case.ref}, {material.abuse_name}, queue {material.queue_name}"),
        ("Subject", f"{kind(subject.kind)} {_name(subject)}"),
        ("State", f"{case.state}, {case.severity} severity"),
        ("At stake", money(case.stake_minor, "EUR")),
        ("Opened", instant(case.opened_at)),
        ("Due", instant(case.due_at)),
        ("Closed", instant(case.closed_at) if case.closed_at else "not closed"),
        ("Left out", _never_held(material)),
        ("Audit entries", f"{len(material.entries)}, sealed as {span}; {_unsealed(material)} not sealed yet"),
    ]
    return tuple(facts)


def _never_held(material: Material) -> str:
    """Say what a file never holds, so that nobody looks for it in vain."""
    return "pictures; findings, until this drawn case is decided" if material.is_blind else "pictures"


def _unsealed(material: Material) -> int:
    return sum(entry.seq is None for entry in material.entries)


def _evidence(material: Material) -> Section:
    return _events("Evidence", [] if material.is_blind else material.what.evidence)


def _timeline(material: Material) -> Section:
    return _events("Timeline of the subject, newest events", material.what.timeline)


def _events(title: str, events: list[EventView]) -> Section:
    rows = tuple((instant(event.occurred_at), _said(event), _who(event), _origin(event)) for event in events)
    return Section(title, ("When", "What", "Who and what", "Source and id"), rows, (3, 7, 4, 4))


def _said(event: EventView) -> str:
    line = event_words.line(event)
    flagged = "flagged: " if event.is_trigger else ""
    return untrusted.plain(f"{flagged}{line.what}. {line.detail}"[:LONGEST])


def _who(event: EventView) -> str:
    return "; ".join(f"{role.replace('_', ' ')} {_name(name)}" for role, name in event.entities)


def _origin(event: EventView) -> str:
    return untrusted.plain(f"{event.source} {event.external_id}")


def _name(name: EntityName) -> str:
    return untrusted.plain(name.text)
