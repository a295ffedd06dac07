"""What was refused is kept, encrypted, until somebody repairs or dismisses it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signals.features.identifiers import mask_cards
from signals.kinds_members import PERSONAL_KINDS, VALUE_LIMIT
from signals.models import DeadLetter, Source
from signals.services.intake import personal
from signals.services.intake.problems import ItemRefused
from tscore.core import crypto
from tscore.core.db import transaction_required
from tscore.core.models import ErasableKey

BODY_LIMIT = 64 * 1024
_MOST_TOKENS = 50
# Members that hold a personal value although they are not named after its kind.
_ROLES = {"shipping_address": "address"}
_SECRETS = ("password", "factor")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused item: its bytes, its id where it had one, and why."""

    raw: bytes
    external_id: str
    problem: ItemRefused


@transaction_required
def keep(*, source: Source, stream: str, refusals: Sequence[Refusal], now: datetime) -> list[int]:
    """Store refused items and return their row ids in the same order.

    The body is cut at 64 KiB, without full card numbers and without new or old passwords; its personal values are
    listed as tokens beside the key, so that erasing a person finds it.
    """
    if not refusals:
        return []
    sealed = [_sealed(refusal, now) for refusal in refusals]
    keys = ErasableKey.objects.bulk_create([key for key, _ in sealed])
    letters = [
        DeadLetter(
            source=source,
            stream=stream,
            external_id=refusal.external_id,
            body=body,
            body_key=key,
            code=refusal.problem.code,
            pointer=refusal.problem.pointer[:200],
            detail=refusal.problem.detail,
            received_at=now,
        )
        for refusal, key, (_, body) in zip(refusals, keys, sealed, strict=True)
    ]
    return [letter.pk for letter in DeadLetter.objects.bulk_create(letters)]


def _sealed(refusal: Refusal, now: datetime) -> tuple[ErasableKey, bytes]:
    raw = refusal.raw[:BODY_LIMIT]
    text = raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
    members = _parsed(text) if len(refusal.raw) <= BODY_LIMIT else None
    if refusal.problem.code == "secret_value":
        text = json.dumps(_without_secrets(members), ensure_ascii=False)
    return crypto.seal_erasable(mask_cards(text)[0], list(_tokens(members))[:_MOST_TOKENS], now)


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
