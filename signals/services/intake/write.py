"""The one set-based statement that stores a batch, and what must be true before it. Joins the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from signals.models import Involvement
from signals.services.intake import hubs
from signals.services.intake.entities import Entities
from signals.services.intake.links import LINK_COLUMNS, LINK_SQL, Links
from signals.services.intake.ready import Ready
from signals.services.intake.revisions import History, Revision
from tscore.core import crypto
from tscore.core.db import array, prepared, transaction_required

LANES = 2**31
_LANE_CLASS = 0x5453_0000

# Two batches with the same id wait for each other here, so that all that follows sees every stored revision.
LOCK_SQL = "SELECT pg_advisory_xact_lock(%s, lane) FROM unnest(%s::int[]) AS lane"
KNOWN_SQL = """
SELECT external_id, observed_at, content_mac, id FROM signals_event WHERE source_id = %s AND external_id = ANY(%s)"""
IDS_SQL = """
SELECT nextval(name::regclass) FROM (SELECT pg_get_serial_sequence('signals_event', 'id') AS name OFFSET 0) AS found,
  generate_series(1, %s)"""

STORE_SQL = """
WITH item AS (
  SELECT * FROM jsonb_to_recordset(%(events)s::jsonb) AS r (id bigint, external_id text, kind text, entity bigint,
    actor bigint, occurred timestamptz, observed timestamptz, superseded timestamptz, mac text, payload jsonb,
    roles jsonb, device bigint, ip bigint, card bigint, amount bigint, flags text[], stale boolean)
), stored AS (
  INSERT INTO signals_event (id, source_id, external_id, kind, entity_id, actor_id, occurred_at, observed_at,
    received_at, content_mac, payload, roles, amount_base_minor, flags, scored_at, next_at)
  SELECT id, %(source)s, external_id, kind, entity, actor, occurred, observed, %(received)s, decode(mac, 'hex'),
    payload, roles, amount, flags, CASE WHEN stale THEN %(received)s END, CASE WHEN NOT stale THEN %(received)s END
  FROM item
), involved AS (
  INSERT INTO signals_involvement (event_id, entity_id, role, kind, occurred_at, observed_at, superseded_at,
    primary_id, actor_id, device_id, ip_id, card_id, amount_base_minor)
  SELECT item.id, part.entity, part.role, item.kind, item.occurred, item.observed, item.superseded,
    item.entity, item.actor, item.device, item.ip, item.card, item.amount
  FROM unnest(%(part_event)s::bigint[], %(part_entity)s::bigint[], %(part_role)s::text[]) AS part (event, entity, role)
  JOIN item ON item.id = part.event
), valued AS (
  INSERT INTO signals_personalvalue (entity_id, ciphertext, key_id)
  SELECT entity, decode(sealed, 'hex'), %(key_id)s
  FROM unnest(%(value_entity)s::bigint[], %(value)s::text[]) AS given (entity, sealed)
  ON CONFLICT (entity_id) DO NOTHING
)
INSERT INTO signals_personaltext (event_id, member, text)
SELECT * FROM jsonb_to_recordset(%(texts)s::jsonb) AS r (event bigint, member text, text text)"""

SUPERSEDE_SQL = """
UPDATE signals_involvement SET superseded_at = r.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS r (event, at)
WHERE event_id = r.event AND superseded_at IS DISTINCT FROM r.at"""


@dataclass(slots=True)
class ToStore:
    """One item that will be stored under its row id."""

    pk: int
    item: Ready
    stale: bool


@transaction_required
def history(source_id: int, external_ids: Iterable[str]) -> History:
    """Wait for other batches with these ids, then return what is stored of them."""
    names = sorted(set(external_ids))
    lock_lanes(source_id, names)
    found = History()
    for external_id, observed_at, content_mac, pk in prepared(KNOWN_SQL, [source_id, names]):
        found.add(external_id, Revision(observed_at, bytes(content_mac), pk))
    return found


def lock_lanes(number: int, names: Iterable[str]) -> None:
    """Lock these names until the transaction ends; so many lanes that others' names hardly ever share one."""
    lanes = sorted({zlib.crc32(name.encode()) % LANES for name in names})
    prepared(LOCK_SQL, [_LANE_CLASS + number, lanes])


def new_ids(count: int) -> list[int]:
    """Draw row ids for events."""
    return [pk for (pk,) in prepared(IDS_SQL, [count])] if count else []


@transaction_required
def store(*, source_id: int, items: Sequence[ToStore], found: History, received_at: datetime) -> None:
    """Store events with entities, parts, links, personal values and texts; join older and newer revisions."""
    if not items:
        return
    entities, links = Entities(), Links()
    for row in items:
        entities.add(row.item, changes_state=not row.stale)
    entities.find()
    for row in items:
        links.add(row.item, entities.ids)
    later = found.successors()
    prepared(STORE_SQL, {
        "source": source_id,
        "received": received_at,
        "key_id": crypto.KEY_ID,
        "events": _json([_event(row, entities, later) for row in items]),
        "texts": _json([_text(row.pk, *text) for row in items for text in row.item.texts.items()]),
        **_parts(items, entities),
        **_arrays(("value_entity", "value"), entities.sealed_values()),
    })  # fmt: skip
    mine = {row.pk for row in items}
    if older := {pk: at for pk, at in later.items() if pk not in mine}:
        prepared(SUPERSEDE_SQL, [list(older), list(older.values())])
    _join(entities, links)


def _join(entities: Entities, links: Links) -> None:
    """Count who was seen with whom, and note what is new about known entities.

    Last, because from here to the commit batches wait for each other's popular entities.
    """
    linked = prepared(LINK_SQL, _arrays(LINK_COLUMNS, links.columns()) | {"hub_kinds": array(hubs.KINDS)})
    accounts = {pk for key, pk in entities.ids.items() if key[0] == "account"}
    known = {entities.ids[key] for key in entities.known}
    joined = {target for origin, target in linked if origin in accounts and target in known}
    entities.touch(hubs=hubs.crowded(joined))


def _event(row: ToStore, entities: Entities, later: dict[int, datetime]) -> dict[str, Any]:
    item, pks = row.item, entities.ids
    roles = {role: pks[key] for role, key in item.roles.items()}
    return {
        "id": row.pk,
        "external_id": item.external_id,
        "kind": item.kind.name,
        "entity": pks[item.primary],
        "actor": pks[item.actor] if item.actor else None,
        "occurred": item.occurred_at,
        "observed": item.observed_at,
        "superseded": later.get(row.pk),
        "mac": item.content_mac.hex(),
        "payload": item.payload,
        "roles": roles,
        **{name: roles[name] for name in Involvement.COPIED if name in roles},
        "amount": item.amount_base_minor,
        "flags": list(item.flags),
        "stale": row.stale,
    }


def _parts(items: Sequence[ToStore], entities: Entities) -> dict[str, str]:
    parts = [(row.pk, entities.ids[key], role) for row in items for role, key in row.item.entities]
    return _arrays(("part_event", "part_entity", "part_role"), list(zip(*parts, strict=True)))


def _text(pk: int, member: str, text: str) -> dict[str, Any]:
    return {"event": pk, "member": member, "text": text}


def _arrays(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> dict[str, str]:
    return {name: array(column) for name, column in zip(names, columns, strict=True)}


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()
