"""Events of an entity, newest first, and what people wrote in them."""

from __future__ import annotations

from collections.abc import Iterable

from signals.models import Entity, Event, PersonalText
from tscore.core.db import rows

TIMELINE_SQL = """
SELECT DISTINCT occurred_at, event_id FROM signals_involvement
WHERE entity_id = %(entity)s AND superseded_at IS NULL
  AND (occurred_at, event_id) < (coalesce(%(before)s, 'infinity'::timestamptz), coalesce(%(before_id)s, 0))
ORDER BY occurred_at DESC, event_id DESC LIMIT %(limit)s"""


def timeline(entity: Entity, before: Event | None = None, limit: int = 50) -> list[Event]:
    """Return the current revisions of the events an entity has a part in, newest first.

    Args:
        before: the last event of the page before.
    """
    found = rows(
        TIMELINE_SQL,
        {
            "entity": entity.pk,
            "before": before.occurred_at if before else None,
            "before_id": before.pk if before else None,
            "limit": limit,
        },
    )
    by_id = Event.objects.select_related("source", "entity", "actor").in_bulk([pk for _, pk in found])
    return [by_id[pk] for _, pk in found]


def texts(event_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """Return what is kept of free texts by event and member; an erased text is missing."""
    held = PersonalText.objects.filter(event_id__in=list(event_ids)).values_list("event_id", "member", "text")
    return {(event_id, member): text for event_id, member, text in held}
