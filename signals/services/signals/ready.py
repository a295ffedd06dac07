"""One signal of somebody else's detector, checked and ready to be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from signals import kinds_signals
from signals.features.identifiers import mask_cards, normalise_domain
from signals.kinds_members import PERSONAL_KINDS
from signals.kinds_signals import SignalData
from signals.kinds_structs import EntityRef
from signals.services.intake.batch import require_source
from signals.services.intake.decode import open_envelope, require_id, typed, utc
from signals.services.intake.personal import external_id, held, refuse_card
from signals.services.intake.problems import ItemRefused, Place, unknown_kind
from signals.services.intake.ready import Key
from signals.services.intake.scan import Scanned
from tscore.core import crypto, money

# What a sentence must not hold in the clear: it cannot be erased. Both become references to their tokens.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")


@dataclass(slots=True)
class ReadySignal:
    """A checked signal: its entity by key, its events by source and id."""

    external_id: str
    observed_at: datetime
    content_mac: bytes
    data: SignalData
    entity: Key
    dedupe_key: str
    reasons: list[dict[str, Any]]
    at_stake_base_minor: int | None
    flags: list[str]
    values: dict[Key, str] = field(default_factory=dict)


def read(item: Scanned, *, source: str) -> ReadySignal:
    """Decode and check one signal.

    Raises:
        ItemRefused: with the first thing that is wrong.
    """
    envelope, replaced = open_envelope(item)
    if envelope.type != kinds_signals.TYPE:
        raise unknown_kind(envelope.type, [kinds_signals.TYPE])
    require_source(envelope.source or None, source)
    data: SignalData = typed(kinds_signals.DECODER.decode, envelope.data, base="/data", place=_place)
    refuse_card(envelope.id, "/id")
    occurred_at = utc(envelope.time, "/time")
    observed_at = utc(envelope.recordedtime, "/recordedtime") if envelope.recordedtime else occurred_at
    values: dict[Key, str] = {}
    reasons = [_reason(reason) for reason in data.reasons]
    at_stake = _at_stake(data, occurred_at)
    return ReadySignal(
        external_id=envelope.id,
        observed_at=observed_at,
        content_mac=_content_mac(occurred_at, observed_at, data),
        data=data,
        entity=entity_key(data.entity, "/data/entity/id", values),
        dedupe_key=require_id(data.dedupe_key or envelope.id, "/data/dedupe_key"),
        reasons=reasons,
        at_stake_base_minor=at_stake,
        flags=["replaced_characters"] * replaced
        + ["no_rate"] * (at_stake is None and data.money_at_stake is not UNSET),
        values=values,
    )


def entity_key(entity: EntityRef, pointer: str, values: dict[Key, str]) -> Key:
    """Return how the named entity is held; a personal value is noted in `values`."""
    if entity.kind in PERSONAL_KINDS:
        found = held(entity.kind, entity.id, pointer)
        if found.normalised:
            values[entity.kind, found.external_id] = found.normalised
        return entity.kind, found.external_id
    refuse_card(require_id(entity.id, pointer), pointer)
    return entity.kind, normalise_domain(entity.id) if entity.kind == "domain" else entity.id


def _place(pointer: str) -> Place:
    return Place(kinds_signals.names_at(pointer), kinds_signals.code_at(pointer))


def _content_mac(occurred_at: datetime, observed_at: datetime, data: SignalData) -> bytes:
    head = f"{kinds_signals.TYPE}\x1f{occurred_at.isoformat()}\x1f{observed_at.isoformat()}\x1f"
    return crypto.mac(head.encode() + msgspec.json.encode(data, order="sorted"))


def _at_stake(data: SignalData, occurred_at: datetime) -> int | None:
    if data.money_at_stake is UNSET:
        return None
    base = money.to_base(data.money_at_stake.minor, data.money_at_stake.currency, occurred_at.date())
    if base is not None and base >= 2**63:
        raise ItemRefused("bad_amount", "/data/money_at_stake/minor")
    return base


def _reason(reason: kinds_signals.Reason) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(reason)
    return {name: _clear(value) if isinstance(value, str) else value for name, value in found.items()}


def _clear(text: str) -> str:
    masked, _ = mask_cards(text)
    masked = _EMAIL.sub(lambda match: f"{{{external_id('email', match[0])}}}", masked)
    return _IP.sub(lambda match: f"{{{external_id('ip', match[0])}}}", masked)
