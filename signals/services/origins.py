"""Where an event came from: live traffic, or history that was loaded. History raises signals, and asks nobody.

An event of history carries the flag `backfill`; a signal that our own detectors raise on it has the mode `backfill`.
Correlation opens cases for live signals only, so that no case, no action and no message can follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from signals.enums import Mode
from signals.services.signals.rows import SignalDraft
from tscore.core.db import array, rows

BACKFILL: Final = "backfill"

HISTORY_SQL: Final = """
SELECT id FROM signals_event WHERE id = ANY((SELECT %s::bigint[])::bigint[]) AND flags @> '{backfill}'"""


def marked(drafts: Sequence[SignalDraft]) -> list[SignalDraft]:
    """Return findings with the mode that follows from their trigger; a detector in the shadow stays there."""
    triggers = sorted({draft.event_ids[0] for draft in drafts if draft.mode == Mode.LIVE and draft.event_ids})
    old = {pk for (pk,) in rows(HISTORY_SQL, [array(triggers)])} if triggers else set()
    return [
        replace(draft, mode=Mode.BACKFILL) if draft.mode == Mode.LIVE and draft.event_ids[0] in old else draft
        for draft in drafts
    ]
