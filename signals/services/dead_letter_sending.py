"""Sends leased letters in again, through the intake they came by, and writes down what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from signals.enums import EventStatus
from signals.models import DeadLetter, Source
from signals.services import ingest
from signals.services.dead_letter_bounds import Change, count
from signals.services.intake.answer import ItemAnswer
from signals.services.labelling import intake as label_intake
from signals.services.signals import intake as signal_intake
from signals.verbs import Verb
from tscore.core import audit, crypto, ids
from tscore.core.db import in_transaction, rows
from tscore.core.models import ErasableKey, User

_INTAKE: Final = {
    ingest.STREAM: ingest.ingest,
    signal_intake.STREAM: signal_intake.ingest_signals,
    label_intake.STREAM: label_intake.ingest_labels,
}

# Only what this worker still holds, and only once: whoever lost the lease settles nothing.
STORED_SQL = """
UPDATE signals_deadletter AS letter SET state = 'replayed', settled_at = %(now)s, leased_until = NULL
FROM jsonb_to_recordset(%(mine)s::jsonb) AS mine (id bigint, fence int)
WHERE letter.id = mine.id AND letter.fence = mine.fence AND letter.state = 'open' RETURNING letter.id"""
REFUSED_SQL = """
UPDATE signals_deadletter AS letter
SET leased_until = NULL, code = coalesce(mine.code, letter.code), pointer = coalesce(mine.pointer, letter.pointer),
  detail = coalesce(mine.detail, letter.detail)
FROM jsonb_to_recordset(%(mine)s::jsonb) AS mine (id bigint, fence int, code text, pointer text, detail text)
WHERE letter.id = mine.id AND letter.fence = mine.fence AND letter.state = 'open' RETURNING letter.id"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter: the answer of the intake, or none where it could not be sent."""

    line: ItemAnswer | None = None
    is_erased: bool = False

    @property
    def is_refused(self) -> bool:
        """Tell whether it stays open."""
        return self.line is None or self.line.status == EventStatus.REFUSED


def opened(letters: Sequence[DeadLetter]) -> list[tuple[DeadLetter, str | None]]:
    """Return letters with their bodies in the clear, None where erased; sources and keys in one statement each."""
    keys = ErasableKey.objects.in_bulk([letter.body_key_id for letter in letters if letter.body_key_id])
    return [(letter, crypto.open_erasable(keys.get(letter.body_key_id or 0), bytes(letter.body))) for letter in letters]


def send(
    letters: Sequence[tuple[DeadLetter, str | None]], *, now: datetime, dry_run: bool = False
) -> dict[int, Outcome]:
    """Send letters in again and return what became of each, by its id; nothing is written about the letters.

    What a dry run refuses is not sent, so that no second letter is made of it.
    """
    names = Source.objects.in_bulk([letter.source_id for letter, _ in letters if letter.source_id is not None])
    outcomes: dict[int, Outcome] = {}
    parts: dict[tuple[str, str], list[tuple[int, bytes]]] = defaultdict(list)
    for letter, text in letters:
        source = names.get(letter.source_id or 0)
        if text is None or source is None or letter.stream not in _INTAKE:
            outcomes[letter.pk] = Outcome(is_erased=text is None)
        else:
            parts[source.name, letter.stream].append((letter.pk, text.encode("utf-8", "replace")))
    for (source_name, stream), part in parts.items():
        outcomes |= _send_part(source_name, stream, part, now, dry_run=dry_run)
    return outcomes


def _send_part(
    source: str, stream: str, part: list[tuple[int, bytes]], now: datetime, *, dry_run: bool
) -> dict[int, Outcome]:
    intake = _INTAKE[stream]
    tried = intake(source=source, items=[raw for _, raw in part], received_at=now, dry_run=True).items
    outcomes = {pk: Outcome(line) for (pk, _), line in zip(part, tried, strict=True)}
    good = [(pk, raw) for pk, raw in part if not outcomes[pk].is_refused]
    if good and not dry_run:
        lines = intake(source=source, items=[raw for _, raw in good], received_at=now).items
        outcomes |= {pk: Outcome(line) for (pk, _), line in zip(good, lines, strict=True)}
    return outcomes


def settle(
    done: Sequence[tuple[DeadLetter, Outcome]], *, actor: User, now: datetime, as_kept: bool = True
) -> tuple[int, int]:
    """Close what is stored, and give what was refused back; return how many of each this worker still held.

    Letters that were sent as they were kept take the new reason; those that were edited keep theirs.
    """

    def once() -> tuple[int, int]:
        stored = _mine(STORED_SQL, [_fields(letter) for letter, one in done if not one.is_refused], now)
        refused = _mine(REFUSED_SQL, [_refused(letter, one, as_kept) for letter, one in done if one.is_refused], now)
        count(_changes(done, stored, refused if as_kept else set()), now)
        audit.record_many(
            [
                entry(letter, Verb.DEAD_LETTER_REPLAYED, actor, now, after={"ref": one.line.ref if one.line else ""})
                if letter.pk in stored
                else entry(letter, Verb.DEAD_LETTER_REFUSED, actor, now, after={"code": _code(letter, one)})
                for letter, one in done
                if letter.pk in stored | refused
            ]
        )
        return len(stored), len(refused)

    return in_transaction(once)


def entry(
    letter: DeadLetter,
    verb: Verb,
    actor: User,
    now: datetime,
    *,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> audit.Entry:
    """Return the line of the audit trail about one letter."""
    ref = ids.row_ref("dl", letter.pk)
    return audit.Entry(
        actor=actor, verb=verb, object_type="dead_letter", object_ref=ref, at=now, after=after, reason=reason
    )


def _mine(sql: str, fields: list[dict[str, Any]], now: datetime) -> set[int]:
    if not fields:
        return set()
    return {pk for (pk,) in rows(sql, {"mine": msgspec.json.encode(fields).decode(), "now": now})}


def _fields(letter: DeadLetter) -> dict[str, Any]:
    return {"id": letter.pk, "fence": letter.fence}


def _refused(letter: DeadLetter, outcome: Outcome, as_kept: bool) -> dict[str, Any]:
    error = outcome.line.error if outcome.line and as_kept else None
    if error is None:
        return _fields(letter)
    where = "/" + error.pointer[1:].partition("/")[2]  # without the item's place in the batch
    return {
        **_fields(letter),
        "code": error.code,
        "pointer": "" if where == "/" else where[:200],
        "detail": error.detail,
    }


def _code(letter: DeadLetter, outcome: Outcome) -> str:
    return outcome.line.error.code if outcome.line and outcome.line.error else letter.code


def _changes(done: Sequence[tuple[DeadLetter, Outcome]], stored: set[int], refused: set[int]) -> list[Change]:
    """Count those that are no longer open, and move those whose reason is another one now."""
    found = []
    for letter, outcome in done:
        source, size = letter.source_id, len(letter.body)
        if source is None:
            continue
        if letter.pk in stored:
            found.append(Change(source=source, code=letter.code, open=-1))
        elif letter.pk in refused and (code := _code(letter, outcome)) != letter.code:
            found.append(Change(source=source, code=letter.code, letters=-1, open=-1, bytes=-size))
            found.append(Change(source=source, code=code, letters=1, open=1, bytes=size))
    return found
