"""Refused items for the page that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signals.enums import DeadLetterState
from signals.models import DeadLetter
from tscore.core import ids
from tscore.core.db import rows
from tscore.core.errors import Missing
from tscore.core.pagination import Keyset

_MOST_COUNTED = 1000
# Counting stops at a thousand a state: more is "1,000+" on screen, and costs no scan.
COUNTS_SQL = """
SELECT state, (SELECT count(*) FROM (SELECT FROM signals_deadletter d WHERE d.state = s.state LIMIT %s) AS counted)
FROM unnest(%s::text[]) AS s (state)"""


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """One refused item as the list shows it; `external_id` was written by its sender."""

    pk: int
    ref: str
    received_at: datetime
    source: str
    stream: str
    external_id: str
    code: str
    pointer: str
    detail: str
    state: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """One page of the list, newest first, and how many there are of each state (at most 1,000 counted)."""

    rows: list[DeadLetterRow]
    next_cursor: str | None
    counts: dict[str, int]


def dead_letter_page(*, state: str, code: str = "", cursor: str | None = None) -> DeadLetterPage:
    """Return one page of refused items of one state."""
    found = DeadLetter.objects.filter(state=state).select_related("source").defer("body")
    page = Keyset(order=("-id",)).page(found.filter(code=code) if code else found, cursor)
    counts = dict(rows(COUNTS_SQL, [_MOST_COUNTED, DeadLetterState.values]))
    return DeadLetterPage([_row(letter) for letter in page.items], page.next_cursor, counts)


def dead_letter_for(ref: str) -> DeadLetterRow:
    """Return one refused item, or raise Missing."""
    pk = ids.parse_row_ref("dl", ref)
    letter = DeadLetter.objects.filter(pk=pk).select_related("source").defer("body").first() if pk else None
    if letter is None:
        raise Missing()
    return _row(letter)


def _row(letter: DeadLetter) -> DeadLetterRow:
    return DeadLetterRow(
        pk=letter.pk,
        ref=ids.row_ref("dl", letter.pk),
        received_at=letter.received_at,
        source=letter.source.name if letter.source else "",
        stream=letter.stream,
        external_id=letter.external_id,
        code=letter.code,
        pointer=letter.pointer,
        detail=letter.detail,
        state=letter.state,
        is_erased=letter.body_key_id is None,
    )
