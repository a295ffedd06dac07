"""The tables of a case file that are about the work on it: decisions, effects, reasons, links, notes, audit."""

from __future__ import annotations

from cases.action_kinds import KINDS
from cases.queries.case_file import ENTRIES, Material
from cases.queries.what import SignalView
from cases.web.case_file.tables import Section, instant
from tscore.core import untrusted
from tscore.core.templatetags.console import kind

NOT_KNOWN = "not known"


def decisions(material: Material) -> Section:
    """Who decided what and why, newest first, with the hash of the evidence they saw."""
    rows = tuple(
        (
            instant(record.decided_at),
            record.decider,
            f"{record.verdict.replace('_', ' ')}, label {record.label_class}",
            f"{record.policy}{f', {record.reason}' if record.reason else ''}",
            "reversal" if record.is_reversal else "taken back" if record.is_reversed else "stands",
            record.sha256 or NOT_KNOWN,
        )
        for record in material.records
    )
    columns = ("When", "Who", "Verdict", "Policy and reason", "Standing", "SHA-256 of the evidence as seen")
    return Section("Decisions", columns, rows, (3, 3, 3, 4, 2, 5))


def effects(material: Material) -> Section:
    """What the decisions asked of the marketplace, and how far it got."""
    rows = tuple(
        (
            instant(effect.asked_at),
            f"{kind(effect.target)} {KINDS[effect.kind].done_sentence}",
            effect.state,
            instant(effect.settled_at) if effect.settled_at else "not settled",
        )
        for record in material.records
        for effect in record.effects
    )
    return Section("Effects", ("Asked", "Effect", "State", "Settled"), rows, (3, 6, 2, 3))


def reasons(material: Material) -> Section:
    """Why the case was opened, strongest signal first."""
    columns = ("Detector", "Reason", "Value", "Usual", "Standing")
    note = "This case was drawn: what was found is shown once it is decided." if material.is_blind else ""
    found = [] if material.is_blind else material.what.signals
    rows = tuple(row for signal in found for row in _reasons(signal))
    return Section("Why this case was opened", columns, rows, (3, 8, 2, 2, 2), note)


def _reasons(signal: SignalView) -> list[tuple[str, ...]]:
    standing = "withdrawn" if signal.is_retracted else "live"
    return [
        (
            f"{signal.detector} {signal.detector_version}",
            untrusted.plain(reason.sentence),
            _value(reason.value),
            _value(reason.usual),
            standing,
        )
        for reason in signal.reasons
    ]


def _value(value: object) -> str:
    return NOT_KNOWN if value is None else untrusted.plain(str(value))


def links(material: Material) -> Section:
    """What the subject was seen with."""
    rows = tuple(
        (
            f"{kind(one.name.kind)} {untrusted.plain(one.name.text)}",
            one.link_kind.replace("_", " "),
            f"{one.actioned_count} of {one.account_count}",
            instant(one.first_seen_at),
            instant(one.last_seen_at),
        )
        for one in material.linked
    )
    columns = ("Linked with", "By", "Accounts with measures", "First seen", "Last seen")
    return Section("Links", columns, rows, (5, 2, 2, 3, 3))


def notes(material: Material) -> Section:
    """What people wrote on the case, newest first."""
    rows = tuple(
        (instant(note.written_at), note.author_name, "erased on request" if note.text is None else _note(note.text))
        for note in material.what.notes
    )
    return Section("Notes", ("When", "Who", "Note"), rows, (3, 3, 11))


def _note(text: str) -> str:
    return untrusted.plain(text)


def audit(material: Material) -> Section:
    """The entries of the audit trail about this case, with their place in the chain."""
    rows = tuple(
        (
            str(entry.seq) if entry.seq else "not sealed yet",
            instant(entry.at),
            f"{entry.who} {entry.sentence}",
            entry.hash or "not sealed yet",
        )
        for entry in material.entries
    )
    note = f"Only the first {ENTRIES} entries are listed." if len(rows) >= ENTRIES else ""
    return Section("Audit trail of the case", ("Place", "When", "Entry", "Hash"), rows, (2, 3, 5, 7), note)
