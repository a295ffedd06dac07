"""What is held already of the signals in a batch, and of the events they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from signals.services.intake.problems import ItemRefused
from signals.services.intake.ready import Key
from signals.services.intake.write import lock_lanes
from signals.services.signals.ready import ReadySignal
from tscore.core.db import prepared, transaction_required

_LANES = 0x0800_0000  # apart from the lanes of events, whose numbers are those of sources

BY_ID_SQL = "SELECT external_id, content_mac, id FROM signals_signal WHERE source_id = %s AND external_id = ANY(%s)"
BY_KEY_SQL = """
SELECT r.detector, r.kind, r.entity, r.key, s.id
FROM jsonb_to_recordset(%s::jsonb) AS r (detector text, kind text, entity text, key text)
JOIN signals_entity e ON e.kind = r.kind AND e.external_id = r.entity
JOIN signals_detector d ON d.name = r.detector
JOIN signals_signal s ON s.detector_id = d.id AND s.entity_id = e.id AND s.dedupe_key = r.key"""
EVENTS_SQL = """
SELECT DISTINCT ON (r.source, r.id) r.source, r.id, e.id
FROM unnest(%s::text[], %s::text[]) AS r (source, id)
JOIN signals_source s ON s.name = r.source
JOIN signals_event e ON e.source_id = s.id AND e.external_id = r.id
ORDER BY r.source, r.id, e.observed_at DESC"""


@dataclass(slots=True)
class Known:
    """Stored signals by id and by dedupe key, and the current revision of each named event."""

    by_id: dict[str, tuple[bytes, int | None]] = field(default_factory=dict)
    by_key: dict[tuple[str, Key, str], int] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)

    def same(self, item: ReadySignal) -> int | None:
        """Return the row that holds this signal already.

        Raises:
            ItemRefused: the id was used for other content.
        """
        stored = self.by_id.get(item.external_id)
        if stored and stored[0] != item.content_mac:
            raise ItemRefused("id_conflict", "/id")
        if stored and stored[1] is not None:
            return stored[1]
        return self.by_key.get((item.data.detector, item.entity, item.dedupe_key))

    def add(self, item: ReadySignal) -> None:
        """Note a signal that this batch will store."""
        self.by_id[item.external_id] = (item.content_mac, None)


@transaction_required
def known_signals(source_id: int, items: Sequence[ReadySignal]) -> Known:
    """Wait for other batches with these ids or keys, then read what is stored."""
    keys = [
        {"detector": item.data.detector, "kind": item.entity[0], "entity": item.entity[1], "key": item.dedupe_key}
        for item in items
    ]
    names = [item.external_id for item in items]
    lock_lanes(_LANES, [*names, *("\x1f".join(key.values()) for key in keys)])
    known = Known()
    for external_id, content_mac, pk in prepared(BY_ID_SQL, [source_id, names]):
        known.by_id[external_id] = (bytes(content_mac), pk)
    for detector, kind, entity, key, pk in prepared(BY_KEY_SQL, [msgspec.json.encode(keys).decode()]):
        known.by_key[detector, (kind, entity), key] = pk
    known.events = named_events({(event.source, event.id) for item in items for event in item.data.events})
    return known


def named_events(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the row of the current revision of each event (source, id) that is held."""
    named = sorted(names)
    found = prepared(EVENTS_SQL, [[source for source, _ in named], [name for _, name in named]]) if named else []
    return {(source, name): pk for source, name, pk in found}
