"""Events with everything a reader needs of them: who took part, what was said, which values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.queries.names import EntityName, is_token, names_of, values_of_tokens
from signals.kinds import KINDS
from signals.models import Entity, Event, Involvement
from signals.queries import texts
from tscore.core import db, ids

FIELDS = 40

_NEWEST = """
SELECT DISTINCT part.occurred_at, part.event_id
  FROM signals_involvement part
 WHERE part.entity_id = %(entity)s AND part.superseded_at IS NULL
   AND (%(kinds)s::text[] IS NULL OR part.kind = ANY(%(kinds)s))
   AND part.occurred_at < coalesce(%(before)s, 'infinity'::timestamptz)
 ORDER BY part.occurred_at DESC, part.event_id DESC
 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with its parts; `texts` and `fields` were written by strangers."""

    id: int
    ref: str
    kind: str
    occurred_at: datetime
    observed_at: datetime
    source: str
    external_id: str
    entities: list[tuple[str, EntityName]]  # (role, entity)
    fields: list[tuple[str, str]]  # (path, value) of the payload without its identifiers
    texts: list[tuple[str, str]]  # (member, text)
    amount_base_minor: int | None
    flags: list[str]
    is_evidence: bool
    is_trigger: bool


def newest_ids(
    entity: Entity, *, before: datetime | None = None, limit: int = 50, kinds: Sequence[str] | None = None
) -> list[int]:
    """Return the current events (of these kinds) an entity has a part in, newest first, in one statement."""
    terms = {"entity": entity.pk, "before": before, "limit": limit, "kinds": None if kinds is None else list(kinds)}
    return [pk for _, pk in db.rows(_NEWEST, terms)]


def event_views(
    event_ids: Iterable[int], *, evidence: Iterable[int] = (), triggers: Iterable[int] = (), opened: bool = True
) -> dict[int, EventView]:
    """Return events by id, in six statements at most, however many; personal values stay tokens unless `opened`."""
    events = {event.pk: event for event in Event.objects.filter(pk__in=set(event_ids)).select_related("source")}
    if not events:
        return {}
    parts = list(Involvement.objects.filter(event__in=list(events)).select_related("entity"))
    named = _named(parts, opened=opened)
    said = _by_event(texts(events))
    flat = {pk: list(fields_of(event)) for pk, event in events.items()}
    tokens = [value for fields in flat.values() for _, value in fields if opened and is_token(value)]
    values = values_of_tokens(tokens)
    proofs, starts = set(evidence), set(triggers)
    return {
        pk: EventView(
            id=pk,
            ref=ids.row_ref("ev", pk),
            kind=event.kind,
            occurred_at=event.occurred_at,
            observed_at=event.observed_at,
            source=event.source.name,
            external_id=event.external_id,
            entities=named.get(pk, []),
            fields=[(path, values.get(value, value)) for path, value in flat[pk]],
            texts=said.get(pk, []),
            amount_base_minor=event.amount_base_minor,
            flags=event.flags,
            is_evidence=pk in proofs,
            is_trigger=pk in starts,
        )
        for pk, event in events.items()
    }


def in_order(views: dict[int, EventView], event_ids: Sequence[int]) -> list[EventView]:
    """Return the events of these ids in this order."""
    return [views[pk] for pk in event_ids if pk in views]


def newest_first(views: Iterable[EventView]) -> list[EventView]:
    """Return events by the time they happened, newest first."""
    return sorted(views, key=lambda view: (view.occurred_at, view.id), reverse=True)


def _named(parts: Sequence[Involvement], *, opened: bool) -> dict[int, list[tuple[str, EntityName]]]:
    names = names_of((part.entity for part in parts), opened=opened)
    found: dict[int, list[tuple[str, EntityName]]] = {}
    for part in sorted(parts, key=_place):
        found.setdefault(part.event_id, []).append((part.role, names[part.entity_id]))
    return found


def _place(part: Involvement) -> tuple[int, str, int]:
    """Return where an entity stands among those of its event: in the order of the kind's members."""
    members = [*KINDS[part.kind].by_name] if part.kind in KINDS else []
    return members.index(part.role) if part.role in members else len(members), part.role, part.entity_id


def _by_event(said: dict[tuple[int, str], str]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for (event_id, member), text in sorted(said.items()):
        found.setdefault(event_id, []).append((member, text))
    return found


def fields_of(event: Event) -> Iterator[tuple[str, str]]:
    """Yield path and value of what the event says besides naming entities, at most FIELDS of them."""
    kind = KINDS.get(event.kind)
    named = {*(kind.entity_members if kind else ()), "session", "device", "ip", "synthetic"}
    for count, (path, value) in enumerate(_leaves(event.payload, "")):
        if count >= FIELDS:
            return
        if path.removeprefix("context.").split(".")[0] not in named:
            yield path, value


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{index}")
    elif value is not None:
        yield path, str(value)
