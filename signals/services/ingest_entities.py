"""Entities, links and personal values of one batch, gathered from its items and written in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from signals.kinds_members import ATTRIBUTES
from signals.services.ingest_hubs import is_hub_by_name
from signals.services.ingest_ready import Key, Ready
from tscore.core import crypto, ids
from tscore.core.db import array, rows

_ATTRIBUTES = frozenset(ATTRIBUTES)

# Rows come sorted by kind and id, so that two batches lock them in the same order. Every named row is locked until
# commit, changed or not.
UPSERT_SQL = """
INSERT INTO signals_entity AS e (kind, external_id, ref, attributes, state, state_at, hub, first_seen_at, last_seen_at)
SELECT r.kind, r.external_id, r.ref, coalesce(r.attributes, '{}'), coalesce(r.state, ''), r.state_at,
  coalesce(r.hub, false), r.first, r.last
FROM jsonb_to_recordset(%(entities)s::jsonb) AS r (kind text, external_id text, ref text, attributes jsonb, state text,
  state_at timestamptz, hub boolean, first timestamptz, last timestamptz)
ON CONFLICT (kind, external_id) DO UPDATE SET
  first_seen_at = least(e.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(e.last_seen_at, excluded.last_seen_at),
  attributes = CASE WHEN excluded.attributes = '{}' THEN e.attributes ELSE e.attributes || excluded.attributes END,
  state = CASE WHEN excluded.state_at >= coalesce(e.state_at, '-infinity') THEN excluded.state ELSE e.state END,
  state_at = greatest(e.state_at, excluded.state_at)
RETURNING id, kind, external_id, xmax = 0"""

VALUES_SQL = """
INSERT INTO signals_personalvalue (entity_id, ciphertext, key_id)
SELECT entity, decode(sealed, 'hex'), %s FROM unnest(%s::bigint[], %s::text[]) AS given (entity, sealed)
ON CONFLICT (entity_id) DO NOTHING"""


@dataclass(slots=True)
class Seen:
    """What a batch says about one entity."""

    first: datetime
    last: datetime
    attributes: dict[str, object] = field(default_factory=dict)
    state: str | None = None
    state_at: datetime | None = None

    def at(self, moment: datetime) -> None:
        """Widen the span in which the entity was seen."""
        if moment < self.first:
            self.first = moment
        elif moment > self.last:
            self.last = moment


@dataclass(slots=True)
class Entities:
    """All entities of one batch; after `write`, `ids` holds their row ids and `new` those that did not exist."""

    seen: dict[Key, Seen] = field(default_factory=dict)
    values: dict[Key, str] = field(default_factory=dict)
    ids: dict[Key, int] = field(default_factory=dict)
    new: set[Key] = field(default_factory=set)

    def add(self, item: Ready, *, changes_state: bool = True) -> None:
        """Note the entities of one item that will be stored."""
        moment = item.occurred_at
        for _, key in item.entities:
            self.note(key, moment)
        for key, attributes in item.attributes.items():
            self.seen[key].attributes.update(attributes)
        self.values.update(item.values)
        if changes_state and item.kind.state is not None:
            self._change_state(self.seen[item.primary], item)

    def note(self, key: Key, moment: datetime) -> None:
        """Note that an entity was seen."""
        known = self.seen.get(key)
        if known is None:
            self.seen[key] = Seen(moment, moment)
        else:
            known.at(moment)

    def write(self) -> None:
        """Store them, in one statement; joins the caller's transaction."""
        if not self.seen:
            return
        records = [_record(key, self.seen[key]) for key in sorted(self.seen)]
        for pk, kind, external_id, is_new in rows(UPSERT_SQL, {"entities": msgspec.json.encode(records).decode()}):
            self.ids[kind, external_id] = pk
            if is_new:
                self.new.add((kind, external_id))

    def write_values(self) -> None:
        """Store the personal values of new entities, where no statement of events does it."""
        pks, sealed = self.sealed_values()
        if pks:
            rows(VALUES_SQL, [crypto.KEY_ID, array(pks), array(sealed)])

    def sealed_values(self) -> tuple[list[int], list[str]]:
        """Encrypt the values of entities that did not exist, as hex; what was erased once is not stored again."""
        keys = [key for key in self.values if key in self.new]
        sealed = [crypto.seal(self.values[key], aad(*key)).hex() for key in keys]
        return [self.ids[key] for key in keys], sealed

    def _change_state(self, seen: Seen, item: Ready) -> None:
        if seen.state_at is None or item.observed_at >= seen.state_at:
            seen.state, seen.state_at = item.kind.state, item.observed_at


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


def aad(kind: str, external_id: str) -> str:
    """Return what the ciphertext of a personal value is bound to."""
    return f"personal value {kind} {external_id}"


def _record(key: Key, seen: Seen) -> dict[str, Any]:
    record: dict[str, Any] = {
        "kind": key[0], "external_id": key[1], "ref": _ref(*key), "first": seen.first, "last": seen.last,
    }  # fmt: skip
    if seen.attributes:
        record["attributes"] = seen.attributes
    if seen.state is not None:
        record["state"], record["state_at"] = seen.state, seen.state_at
    if is_hub_by_name(key):
        record["hub"] = True
    return record


@lru_cache(maxsize=50_000)
def _ref(kind: str, external_id: str) -> str:
    return ids.keyed_ref("en", kind, external_id)
