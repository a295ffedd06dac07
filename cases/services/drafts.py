"""Half-made decisions that outlive a lost lease or session. Form fields as text, encrypted like notes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cases.models import Draft
from cases.services.holding import locked
from tscore.core import crypto, db
from tscore.core.errors import Invalid
from tscore.core.models import ErasableKey, User

LONGEST = 20_000


class DraftTooLong(Invalid):
    """This draft is too long to be kept."""


def save(*, case_id: int, actor: User, fields: dict[str, Any], now: datetime) -> Draft:
    """Keep what a person has entered for a case, in place of what was kept before.

    Raises:
        DraftTooLong: more than 20,000 characters.
        Missing: no such case for this person.
    """
    body = json.dumps(fields, sort_keys=True)
    if len(body) > LONGEST:
        raise DraftTooLong

    def saved() -> Draft:
        case = locked(case_id=case_id, actor=actor)
        _forget(case_id=case.pk, actor=actor)
        key, ciphertext = crypto.seal_erasable(body, [], now)
        key.save()
        return Draft.objects.create(case=case, actor=actor, body=ciphertext, body_key=key, saved_at=now)

    return db.in_transaction(saved)


def find(*, case_id: int, actor: User) -> dict[str, Any] | None:
    """Return what was kept for this person, or None."""
    draft = Draft.objects.filter(case_id=case_id, actor=actor).select_related("body_key").first()
    body = crypto.open_erasable(draft.body_key, bytes(draft.body)) if draft else None
    return dict(json.loads(body)) if body else None


@db.transaction_required
def _forget(*, case_id: int, actor: User) -> None:
    old = list(Draft.objects.filter(case_id=case_id, actor=actor))
    Draft.objects.filter(pk__in=[draft.pk for draft in old]).delete()
    ErasableKey.objects.filter(pk__in=[draft.body_key_id for draft in old if draft.body_key_id]).delete()
