"""The entity that stands for a group of accounts, so that a case and a label can be about the group."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from signals.models import Entity
from tscore.core import ids
from tscore.core.db import transaction_required

RING: Final = "ring"


@transaction_required
def name_ring(*, anchor: Entity, now: datetime) -> Entity:
    """Return the entity of the ring around an account, made if need be.

    No event names it; it takes its word from the account, so that a second world of the same seed gives the same one.
    """
    external_id = anchor.ref.partition("_")[2] or anchor.ref
    first = {"ref": ids.keyed_ref("en", RING, external_id), "first_seen_at": now, "last_seen_at": now}
    return Entity.objects.get_or_create(kind=RING, external_id=external_id, defaults=first)[0]
