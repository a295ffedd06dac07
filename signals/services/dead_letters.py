"""What was refused is kept, encrypted, until somebody repairs or dismisses it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signals import kinds_signals
from signals.features.identifiers import mask_cards
from signals.kinds import KINDS
from signals.kinds_members import PERSONAL_KINDS, VALUE_LIMIT
from signals.models import DeadLetter, Source
from signals.services import dead_letter_bounds as bounds
from signals.services.dead_letter_bounds import Change
from signals.services.intake import personal
from signals.services.intake.problems import ItemRefused
from tscore.core import crypto
from tscore.core.db import transaction_required
from tscore.core.models import ErasableKey

BODY_LIMIT = 64 * 1024
_MOST_TOKENS = 50
# Members that hold a personal value although they are not named after its kind.
_ROLES = {"shipping_address": "address"}
_KNOWN = frozenset({*KINDS, kinds_signals.TYPE})
_SECRETS = ("password", "factor")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused item: its bytes, its id where it had one, and why."""

    raw: bytes
    external_id: str
    problem: ItemRefused


@transaction_required
def keep(*, source: Source, stream: str, refusals: Sequence[Refusal], now: datetime) -> list[int | None]:
    """Store refused items and return their row ids in the same order, None for those that are only counted.

    The body is cut at 64 KiB, without full card numbers and without new or old passwords; its personal values are
    listed as tokens beside the key, so that erasing a person finds it. How many are kept is bounded.
    """
    if not refusals:
        return []
    sizes = [(refusal.problem.code, min(len(refusal.raw), BODY_LIMIT)) for refusal in refusals]
    admitted = bounds.admit(source.pk, sizes, now)
    chosen = [(place, _sealed(refusals[place], now)) for place, (is_kept, _) in enumerate(admitted) if is_kept]
    keys = ErasableKey.objects.bulk_create([sealed.key for _, sealed in chosen])
    letters = [
        _letter(source, refusals[place], sealed, key=key, stream=stream, now=now)
        for (place, sealed), key in zip(chosen, keys, strict=True)
    ]
    DeadLetter.objects.bulk_create(letters)
    kept = {place: letter for (place, _), letter in zip(chosen, letters, strict=True)}
    bounds.count(
        [_change(source, refusals[place], kept.get(place), admitted[place][1]) for place in range(len(refusals))], now
    )
    return [kept[place].pk if place in kept else None for place in range(len(refusals))]


def _letter(
    source: Source, refusal: Refusal, sealed: _Sealed, *, key: ErasableKey, stream: str, now: datetime
) -> DeadLetter:
    return DeadLetter(
        source=source,
        stream=stream,
        kind=sealed.kind,
        external_id=refusal.external_id,
        body=sealed.body,
        body_key=key,
        code=refusal.problem.code,
        pointer=refusal.problem.pointer[:200],
        detail=refusal.problem.detail,
        received_at=now,
    )


def _change(source: Source, refusal: Refusal, letter: DeadLetter | None, is_sample: bool) -> Change:
    if letter is None:
        return Change(source=source.pk, code=refusal.problem.code, unkept=1)
    size = len(letter.body)
    return Change(source=source.pk, code=letter.code, letters=1, open=1, bytes=size, sampled=int(is_sample))


@dataclass(frozen=True, slots=True)
class _Sealed:
    key: ErasableKey
    body: bytes
    kind: str


def _sealed(refusal: Refusal, now: datetime) -> _Sealed:
    raw = refusal.raw[:BODY_LIMIT]
    text = raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
    members = _parsed(text) if len(refusal.raw) <= BODY_LIMIT else None
    if refusal.problem.code == "secret_value":
        text = json.dumps(_without_secrets(members), ensure_ascii=False)
    key, body = crypto.seal_erasable(mask_cards(text)[0], list(_tokens(members))[:_MOST_TOKENS], now)
    claimed = members.get("type") if isinstance(members, dict) else None
    return _Sealed(key, body, claimed if isinstance(claimed, str) and claimed in _KNOWN else "")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return None


def _tokens(value: Any) -> Iterable[str]:
    """Find the tokens of personal values, by the names of the members that hold them."""
    if isinstance(value, list):
        for inner in value:
            yield from _tokens(inner)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        kind = _kind(name, value)
        if not isinstance(inner, str):
            yield from _tokens(inner)
        elif kind and len(inner) <= VALUE_LIMIT and (token := personal.external_id(kind, inner)):
            yield token


def _kind(name: str, around: dict[str, Any]) -> str | None:
    """Return the personal kind of a member: by its own name, or as told by `kind` or `field` beside it."""
    beside = {"id": "kind", "old": "field", "new": "field"}.get(name)
    told = around.get(beside) if beside else _ROLES.get(name, name)
    return told if isinstance(told, str) and told in PERSONAL_KINDS else None


def _without_secrets(members: Any) -> Any:
    for change in members["data"]["changes"]:
        if change["field"] in _SECRETS:
            change.update({side: "(not kept)" for side in ("old", "new") if side in change})
    return members
