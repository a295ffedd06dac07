"""Entities and personal values of one batch, gathered from its items and written in a fixed order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from signals.services.intake.hubs import is_hub_by_name
from signals.services.intake.ready import Key, Ready
from tscore.core import crypto, ids
from tscore.core.db import Contended, array, prepared

# Entities that exist are only read here: popular ones would make every batch wait for the one before it.
# The sub-select hides the length of the arrays from the planner, which would rather read the whole table.
FIND_SQL = """
SELECT e.id, e.kind, e.external_id, e.attributes
FROM unnest((SELECT %s::text[]), (SELECT %s::text[])) AS given (kind, external_id)
JOIN signals_entity e USING (kind, external_id)"""

# Rows come sorted by kind and id: two batches that meet the same new entities wait for each other in one order. The
# conflict names no index: an entity has two that say it is unique, and the later batch may meet either of them first.
MAKE_SQL = """
INSERT INTO signals_entity (kind, external_id, ref, attributes, state, state_at, hub, first_seen_at, last_seen_at)
SELECT r.kind, r.external_id, r.ref, coalesce(r.attributes, '{}'), coalesce(r.state, ''), r.state_at,
  coalesce(r.hub, false), r.first, r.last
FROM jsonb_to_recordset(%s::jsonb) AS r (kind text, external_id text, ref text, attributes jsonb, state text,
  state_at timestamptz, hub boolean, first timestamptz, last timestamptz)
ON CONFLICT DO NOTHING
RETURNING id, kind, external_id"""

# The last statement of a batch: what it changes is locked until commit, in the order of ids.
TOUCH_SQL = """
UPDATE signals_entity e SET
  first_seen_at = least(e.first_seen_at, given.first), last_seen_at = greatest(e.last_seen_at, given.last),
  attributes = e.attributes || coalesce(given.attributes, '{}'),
  state = CASE WHEN given.state_at >= coalesce(e.state_at, '-infinity') THEN given.state ELSE e.state END,
  state_at = greatest(e.state_at, given.state_at), hub = e.hub OR coalesce(given.hub, false)
FROM (
  SELECT * FROM unnest((SELECT %s::bigint[]), (SELECT %s::timestamptz[]), (SELECT %s::timestamptz[]))
    AS seen (id, first, last)
  LEFT JOIN jsonb_to_recordset(%s::jsonb) AS change (id bigint, attributes jsonb, state text, state_at timestamptz,
    hub boolean) USING (id)
  ORDER BY id
) given
WHERE e.id = given.id AND (given.first < e.first_seen_at OR given.last > e.last_seen_at
  OR given.attributes IS NOT NULL OR given.state_at IS NOT NULL OR given.hub)"""
TRIES = 5

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
    """All entities of one batch; after `find`, `ids` holds their row ids and `new` those that did not exist.

    `known` holds the attributes of those that did.
    """

    seen: dict[Key, Seen] = field(default_factory=dict)
    values: dict[Key, str] = field(default_factory=dict)
    ids: dict[Key, int] = field(default_factory=dict)
    known: dict[Key, dict[str, object]] = field(default_factory=dict)
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
        """Store them and what is new about them; joins the caller's transaction."""
        self.find()
        self.touch()

    def find(self) -> None:
        """Find those that exist and store the others; `touch` follows as late as possible."""
        for _ in range(TRIES):
            missing = sorted(self.seen.keys() - self.ids.keys())
            if not missing:
                return
            self._look_up(missing)
            self._make([key for key in missing if key not in self.ids])
        raise Contended

    def touch(self, *, hubs: Collection[int] = ()) -> None:
        """Note on entities that existed when they were seen, what is known of them and what became of them.

        Args:
            hubs: ids of those that have become hubs.
        """
        found = sorted((self.ids[key], self.seen[key], attributes) for key, attributes in self.known.items())
        if not found:
            return
        columns = [array([getattr(seen, name) for _, seen, _ in found]) for name in ("first", "last")]
        noted = (_change(pk, seen, attributes, is_hub=pk in hubs) for pk, seen, attributes in found)
        changes = [change for change in noted if len(change) > 1]
        prepared(TOUCH_SQL, [array([pk for pk, _, _ in found]), *columns, _json(changes)])

    def _look_up(self, keys: list[Key]) -> None:
        columns = [array(column) for column in zip(*keys, strict=True)]
        for pk, kind, external_id, attributes in prepared(FIND_SQL, columns):
            self.ids[kind, external_id] = pk
            self.known[kind, external_id] = msgspec.json.decode(attributes)

    def _make(self, keys: list[Key]) -> None:
        """Store entities; one that somebody else stored meanwhile is found when one looks again."""
        if keys:
            for pk, kind, external_id in prepared(MAKE_SQL, [_json([_record(key, self.seen[key]) for key in keys])]):
                self.ids[kind, external_id] = pk
                self.new.add((kind, external_id))

    def write_values(self) -> None:
        """Store the personal values of new entities, where no statement of events does it."""
        pks, sealed = self.sealed_values()
        if pks:
            prepared(VALUES_SQL, [crypto.KEY_ID, array(pks), array(sealed)])

    def sealed_values(self) -> tuple[list[int], list[str]]:
        """Encrypt the values of entities that did not exist, as hex; what was erased once is not stored again."""
        keys = [key for key in self.values if key in self.new]
        sealed = [crypto.seal(self.values[key], aad(*key)).hex() for key in keys]
        return [self.ids[key] for key in keys], sealed

    def _change_state(self, seen: Seen, item: Ready) -> None:
        if seen.state_at is None or item.observed_at >= seen.state_at:
            seen.state, seen.state_at = item.kind.state, item.observed_at


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


def _change(pk: int, seen: Seen, known: dict[str, object], *, is_hub: bool) -> dict[str, Any]:
    """Return what is new about a known entity beside its times."""
    change: dict[str, Any] = {"id": pk, "hub": True} if is_hub else {"id": pk}
    if not seen.attributes.items() <= known.items():
        change["attributes"] = seen.attributes
    if seen.state is not None:
        change["state"], change["state_at"] = seen.state, seen.state_at
    return change


def _json(records: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(records).decode()


@lru_cache(maxsize=50_000)
def _ref(kind: str, external_id: str) -> str:
    return ids.keyed_ref("en", kind, external_id)
