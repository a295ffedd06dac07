"""Who was seen with whom in one batch: counted from its items, written in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from signals.kinds_members import ATTRIBUTES
from signals.services.intake.ready import Key, Ready

_ATTRIBUTES: Final = frozenset(ATTRIBUTES)

# Pairs come sorted, so that batches lock them in one order.
LINK_SQL = """
WITH linked AS (
  INSERT INTO signals_link AS l (origin_id, target_id, kind, first_seen_at, last_seen_at, count)
  SELECT * FROM unnest(%(origin)s::bigint[], %(target)s::bigint[], %(kind)s::text[], %(first)s::timestamptz[],
    %(last)s::timestamptz[], %(count)s::int[])
  ON CONFLICT (origin_id, target_id, kind) DO UPDATE SET
    first_seen_at = least(l.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(l.last_seen_at, excluded.last_seen_at), count = l.count + excluded.count
  RETURNING origin_id, target_id, kind, xmax = 0 AS is_new
)
SELECT origin_id, target_id FROM linked WHERE is_new AND kind = ANY(%(hub_kinds)s::text[])"""

LINK_COLUMNS = ("origin", "target", "kind", "first", "last", "count")


@dataclass(slots=True)
class Links:
    """Pairs seen together in one batch, with first and last time and how often."""

    pairs: dict[tuple[int, int, str], list[Any]] = field(default_factory=dict)

    def add(self, item: Ready, pks: dict[Key, int]) -> None:
        """Link the primary entity to each other one, and the actor to each attribute."""
        primary, actor = pks[item.primary], pks[item.actor] if item.actor else None
        for role, key in item.entities:
            target = pks[key]
            if target != primary:
                self._count(primary, target, role, item.occurred_at)
            if actor not in (None, primary, target) and key[0] in _ATTRIBUTES:
                self._count(actor, target, role, item.occurred_at)

    def columns(self) -> list[tuple[Any, ...]]:
        """Return the columns origin, target, kind, first, last, count, sorted so that rows are locked in order."""
        ordered = [(*key, *value) for key, value in sorted(self.pairs.items())]
        return list(zip(*ordered, strict=True)) or [()] * 6

    def _count(self, origin: int, target: int, kind: str, moment: datetime) -> None:
        known = self.pairs.get((origin, target, kind))
        if known is None:
            self.pairs[origin, target, kind] = [moment, moment, 1]
            return
        known[0], known[1], known[2] = min(known[0], moment), max(known[1], moment), known[2] + 1
