"""What one checked item becomes: payload, entities with their roles, texts, flags. Pure but for exchange rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

from signals.features.identifiers import mask_cards, normalise_domain
from signals.kinds import Kind
from signals.kinds_members import (
    CHANGE_FIELDS,
    CONTEXT_ENTITIES,
    EXTRA_LIMIT_BYTES,
    ID_LIMIT,
    PERSONAL_KINDS,
    Member,
    Shape,
)
from signals.kinds_structs import EntityRef, Money
from signals.services.intake.decode import Decoded, require_id, utc
from signals.services.intake.domains import domains_in, registered
from signals.services.intake.personal import held, refuse_card
from signals.services.intake.problems import ItemRefused
from signals.services.intake.repair import REPLACEMENT
from tscore.core import crypto, money

Key = tuple[str, str]  # (entity kind, external id)
FAR = timedelta(days=1)
_MOST_BASE = 2**63 - 1
_SHORT = 300


@dataclass(slots=True)
class Ready:
    """One event, ready to be stored. `entities` lists (role, entity) in the order of the members, each once."""

    external_id: str
    kind: Kind
    occurred_at: datetime
    observed_at: datetime
    content_mac: bytes
    payload: dict[str, Any] = field(default_factory=dict)
    entities: dict[tuple[str, Key], None] = field(default_factory=dict)
    roles: dict[str, Key] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    flags: dict[str, None] = field(default_factory=dict)
    values: dict[Key, str] = field(default_factory=dict)
    attributes: dict[Key, dict[str, object]] = field(default_factory=dict)
    amount_base_minor: int | None = None
    primary: Key = ("", "")
    actor: Key | None = None

    def involve(self, role: str, kind: str, external_id: str) -> None:
        """Add an entity's part; the first of a role is the one that `roles` names."""
        key = (kind, external_id)
        self.entities[role, key] = None
        self.roles.setdefault(role, key)

    def involve_value(self, role: str, kind: str, value: str, pointer: str) -> str:
        """Add the entity behind a personal value and what is known of it; return its token."""
        found = held(kind, value, pointer)
        self.involve(role, kind, found.external_id)
        if found.normalised:
            self.values[kind, found.external_id] = found.normalised
        if found.attributes:
            self.attributes.setdefault((kind, found.external_id), {}).update(found.attributes)
        if found.domain:
            self.involve_domain(registered(found.domain) or found.domain)
        return found.external_id

    def involve_domain(self, domain: str) -> None:
        """Add a domain that an address or a text names; what is longer than an id names nothing."""
        if len(domain) <= ID_LIMIT:
            self.involve("domain", "domain", domain)

    def keep_text(self, member: str, text: str) -> str:
        """Keep a text without its card numbers; return it as kept."""
        masked = _masked(text) if len(text) <= _SHORT else mask_cards(text)[0]
        if masked != text:
            self.flags["card_masked"] = None
        self.texts[member] = masked
        return masked


@lru_cache(maxsize=5_000)
def _masked(text: str) -> str:
    """Mask a short text; user agents and standard sentences come again and again."""
    return mask_cards(text)[0]


def ready(item: Decoded, *, received_at: datetime, over_http: bool) -> Ready:
    """Turn one checked item into rows to be.

    Raises:
        ItemRefused: a card number, a secret, no entity at all, or a value that is none.
    """
    refuse_card(item.external_id, "/id")
    result = Ready(item.external_id, item.kind, item.occurred_at, item.observed_at, b"")
    for name, member in item.kind.by_name.items():
        value = getattr(item.data, name)
        if value is not UNSET:
            _READ[member.shape](result, member, value)
    result.content_mac = _content_mac(item, result)
    _choose_primary(result)
    _flag(result, item, received_at if over_http else None)
    return result


def _content_mac(item: Decoded, result: Ready) -> bytes:
    """Return the HMAC of the canonical item: repaired, times in UTC, members sorted, nothing derived."""
    if item.data.extra is not UNSET:
        item.data.extra = result.texts["extra"]
    head = f"{item.kind.name}\x1f{item.occurred_at.isoformat()}\x1f{item.observed_at.isoformat()}\x1f"
    return crypto.mac(head.encode() + msgspec.json.encode(item.data, order="sorted"))


def _choose_primary(result: Ready) -> None:
    kind = result.kind
    result.actor = result.roles.get(kind.actor) if kind.actor else None
    for role in (kind.primary, kind.actor, *CONTEXT_ENTITIES):
        if role in result.roles:
            result.primary = result.roles[role]
            return
    raise ItemRefused("no_entity", "/data")


def _flag(result: Ready, item: Decoded, received_at: datetime | None) -> None:
    if item.replaced:
        result.flags["replaced_characters"] = None
    late = received_at is not None and abs(received_at - item.observed_at) > FAR
    if late or abs(item.observed_at - item.occurred_at) > FAR:
        result.flags["time_far_off"] = None


def _read_id(result: Ready, member: Member, value: str) -> None:
    result.payload[member.name] = _id(result, member.name, member.entity, value, f"/data/{member.name}")


def _id(result: Ready, role: str, kind: str, value: str, pointer: str) -> str:
    refuse_card(require_id(value, pointer), pointer)
    result.involve(role, kind, value)
    return value


def _read_ids(result: Ready, member: Member, values: list[str]) -> None:
    result.payload[member.name] = [
        _id(result, member.name, member.entity, value, f"/data/{member.name}/{place}")
        for place, value in enumerate(values)
    ]


def _read_value(result: Ready, member: Member, value: str) -> None:
    result.payload[member.name] = result.involve_value(member.name, member.entity, value, f"/data/{member.name}")


def _read_text(result: Ready, member: Member, value: str) -> None:
    kept = result.keep_text(member.name, value)
    if "." in kept or "\u3002" in kept:
        for domain in domains_in(kept):
            result.involve_domain(domain)


def _read_code(result: Ready, member: Member, value: str) -> None:
    pointer = f"/data/{member.name}"
    if not value.isprintable():
        raise ItemRefused("bad_value", pointer, "Give printable characters only.")
    refuse_card(value, pointer)
    result.payload[member.name] = value


def _read_plain(result: Ready, member: Member, value: Any) -> None:
    result.payload[member.name] = value


def _read_time(result: Ready, member: Member, value: datetime) -> None:
    result.payload[member.name] = utc(value, f"/data/{member.name}").isoformat()


def _read_money(result: Ready, member: Member, value: Money) -> None:
    refuse_card(str(value.minor), f"/data/{member.name}/minor")
    base = money.to_base(value.minor, value.currency, result.occurred_at.date())
    if base is not None and base > _MOST_BASE:
        raise ItemRefused("bad_amount", f"/data/{member.name}/minor")
    amount: dict[str, Any] = {"minor": value.minor, "currency": value.currency}
    if base is None:
        result.flags["no_rate"] = None
    else:
        amount["base_minor"] = result.amount_base_minor = base
    result.payload[member.name] = amount


def _read_target(result: Ready, member: Member, value: EntityRef) -> None:
    pointer = f"/data/{member.name}/id"
    if value.kind in PERSONAL_KINDS:
        external_id = result.involve_value(member.name, value.kind, value.id, pointer)
    else:
        named = normalise_domain(value.id) if value.kind == "domain" else value.id
        external_id = _id(result, member.name, value.kind, named, pointer)
    result.payload[member.name] = {"kind": value.kind, "id": external_id}


def _read_changes(result: Ready, member: Member, changes: list[Any]) -> None:
    result.payload[member.name] = [_change(result, place, change) for place, change in enumerate(changes)]


def _change(result: Ready, place: int, change: Any) -> dict[str, str]:
    held_as = CHANGE_FIELDS[change.field]
    payload = {"field": change.field}
    for side, value in (("old", change.old), ("new", change.new)):
        if value is UNSET:
            continue
        pointer = f"/data/changes/{place}/{side}"
        if held_as == "never":
            raise ItemRefused("secret_value", pointer)
        if held_as == "text":
            result.keep_text(f"changes.{place}.{side}", value)
        else:
            role = change.field if side == "new" else f"old_{change.field}"
            payload[side] = result.involve_value(role, change.field, value, pointer)
    return payload


def _read_context(result: Ready, member: Member, context: Any) -> None:
    payload: dict[str, str] = {}
    for name in ("session", "device"):
        value = getattr(context, name)
        if value is not UNSET:
            payload[name] = _id(result, name, name, value, f"/data/context/{name}")
    if context.ip is not UNSET:
        payload["ip"] = result.involve_value("ip", "ip", context.ip, "/data/context/ip")
    if context.user_agent is not UNSET:
        result.keep_text("context.user_agent", context.user_agent)
    if context.country is not UNSET:
        payload["country"] = context.country
        if "ip" in payload:
            result.attributes.setdefault(("ip", payload["ip"]), {})["country"] = context.country
    result.payload[member.name] = payload


def _read_extra(result: Ready, member: Member, raw: msgspec.Raw) -> None:
    value = msgspec.json.decode(raw)
    if not isinstance(value, dict) or len(bytes(raw)) > EXTRA_LIMIT_BYTES or not _is_plain(value):
        raise ItemRefused("bad_extra", "/data/extra")
    result.keep_text(member.name, msgspec.json.encode(value, order="sorted").decode())


def _is_plain(value: Any) -> bool:
    """Tell whether free members are such that they can be kept: whole numbers in 64 bits, no replaced name."""
    if isinstance(value, dict):
        return all(REPLACEMENT not in name and _is_plain(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return not isinstance(value, int) or -(2**63) <= value < 2**63


_READ: dict[Shape, Callable[[Ready, Member, Any], None]] = {
    Shape.ID: _read_id,
    Shape.IDS: _read_ids,
    Shape.VALUE: _read_value,
    Shape.TEXT: _read_text,
    Shape.WORD: _read_plain,
    Shape.CODE: _read_code,
    Shape.MONEY: _read_money,
    Shape.TIME: _read_time,
    Shape.TARGET: _read_target,
    Shape.CHANGES: _read_changes,
    Shape.CONTEXT: _read_context,
    Shape.NAMES: _read_plain,
    Shape.EXTRA: _read_extra,
}
