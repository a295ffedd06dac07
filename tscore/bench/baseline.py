"""The bar for ingest: the same rows stored the way the REST framework's manual shows, without its slowest habits.

It is spared what would slow it down further: a query a row for uniqueness, revisions, dead letters, card numbers, dates
far off. What it stores is what ingest stores: entities, events, parts, links, personal values and texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from signals.kinds import KINDS
from signals.kinds_members import CONTEXT_ENTITIES, PERSONAL_KINDS
from signals.models import Entity, Event, Involvement, Link, PersonalText, PersonalValue, Source
from signals.services.intake import personal
from signals.services.intake.entities import aad
from tscore.core import crypto, ids

Key = tuple[str, str]


class EventSerializer(serializers.ModelSerializer[Event]):
    """One event; no uniqueness validators, which would ask the database once a row."""

    id = serializers.CharField(source="external_id", max_length=200)
    type = serializers.ChoiceField(source="kind", choices=list(KINDS))
    time = serializers.DateTimeField(source="occurred_at")
    data = serializers.DictField(source="payload")  # type: ignore[assignment]

    class Meta:
        model = Event
        fields = ("id", "type", "time", "data")
        validators: list[Any] = []


class Baseline(APIView):
    """Stores a list of events."""

    required_scope = "events:write"

    def post(self, request: Request) -> Response:
        """Check the list, store it in one transaction, and answer it as the framework does."""
        serializer = EventSerializer(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        source, _ = Source.objects.get_or_create(name=request.auth.source)  # type: ignore[union-attr]
        with transaction.atomic():
            serializer.instance = _store(source, serializer.validated_data, timezone.now())  # type: ignore[assignment]
        return Response(serializer.data)


def _store(source: Source, items: list[dict[str, Any]], now: datetime) -> list[Event]:
    named = [_entities(item) for item in items]
    values = {key: value for parts in named for _, key, value in parts if value}
    entities = _upsert_entities({key for parts in named for _, key, _ in parts}, now)
    events = Event.objects.bulk_create(
        [_event(source, item, parts, entities, now) for item, parts in zip(items, named, strict=True)]
    )
    Involvement.objects.bulk_create(
        [
            _part(event, entities[key], role)
            for event, parts in zip(events, named, strict=True)
            for role, key, _ in parts
        ]
    )
    _upsert_links(events, named, entities)
    PersonalValue.objects.bulk_create(
        [
            PersonalValue(entity=entities[key], ciphertext=crypto.seal(value, aad(*key)), key_id=crypto.KEY_ID)
            for key, value in values.items()
        ],
        ignore_conflicts=True,
    )
    PersonalText.objects.bulk_create(
        [text for event, item in zip(events, items, strict=True) for text in _texts(event, item["payload"])]
    )
    return events


def _entities(item: dict[str, Any]) -> list[tuple[str, Key, str]]:
    """Return role, entity and personal value of each member that names an entity."""
    data, kind = item["payload"], KINDS[item["kind"]]
    given = [(role, what, data[role]) for role, what in kind.entity_members.items() if role in data]
    context = data.get("context", {})
    given += [(role, what, context[role]) for role, what in CONTEXT_ENTITIES.items() if role in context]
    found = []
    for role, what, value in given:
        name = personal.external_id(what, value) or value
        found.append((role, (what, name), value if what in PERSONAL_KINDS else ""))
        if what == "email":
            found.append(("domain", ("domain", value.rpartition("@")[2]), ""))
    return found


def _upsert_entities(keys: set[Key], now: datetime) -> dict[Key, Entity]:
    rows = [
        Entity(kind=kind, external_id=name, ref=ids.keyed_ref("en", kind, name), first_seen_at=now, last_seen_at=now)
        for kind, name in sorted(keys)
    ]
    stored = Entity.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "external_id"], update_fields=["last_seen_at"]
    )
    return {(row.kind, row.external_id): row for row in stored}


def _event(
    source: Source, item: dict[str, Any], parts: list[tuple[str, Key, str]], entities: dict[Key, Entity], now: datetime
) -> Event:
    kind = KINDS[item["kind"]]
    roles = {role: entities[key] for role, key, _ in reversed(parts)}
    return Event(
        source=source,
        external_id=item["external_id"],
        kind=item["kind"],
        entity=roles[kind.primary or "account"],
        actor=roles.get(kind.actor or ""),
        occurred_at=item["occurred_at"],
        observed_at=item["occurred_at"],
        received_at=now,
        content_mac=crypto.mac(repr(item).encode()),
        payload=item["payload"],
        roles={role: entity.pk for role, entity in roles.items()},
        next_at=now,
    )


def _part(event: Event, entity: Entity, role: str) -> Involvement:
    return Involvement(
        event=event, entity=entity, role=role, kind=event.kind, occurred_at=event.occurred_at,
        observed_at=event.observed_at, primary_id=event.entity_id, actor_id=event.actor_id,
        **{f"{name}_id": event.roles.get(name) for name in Involvement.COPIED},
    )  # fmt: skip


def _upsert_links(events: list[Event], named: list[list[tuple[str, Key, str]]], entities: dict[Key, Entity]) -> None:
    pairs = {
        (event.entity_id, entities[key].pk, role): event.occurred_at
        for event, parts in zip(events, named, strict=True)
        for role, key, _ in parts
        if entities[key].pk != event.entity_id
    }
    pairs |= {
        (event.actor_id, entities[key].pk, role): event.occurred_at
        for event, parts in zip(events, named, strict=True)
        for role, key, _ in parts
        if event.actor_id not in (None, event.entity_id, entities[key].pk) and key[0] not in {"account", "listing"}
    }
    rows = [
        Link(origin_id=origin, target_id=target, kind=role, first_seen_at=at, last_seen_at=at)
        for (origin, target, role), at in sorted(pairs.items(), key=str)
    ]
    Link.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["origin", "target", "kind"], update_fields=["last_seen_at"]
    )


def _texts(event: Event, data: dict[str, Any]) -> list[PersonalText]:
    names = [name for name in KINDS[event.kind].text_members if name in data]
    found = [PersonalText(event=event, member=name, text=data[name]) for name in names]
    if agent := data.get("context", {}).get("user_agent"):
        found.append(PersonalText(event=event, member="context.user_agent", text=agent))
    return found
