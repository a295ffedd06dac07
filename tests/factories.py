"""Small rows for tests of what happens after ingest: an event with its entities, involvements and texts.

Members are given as they would stand in `data`; which of them names an entity comes from the table of kinds. Tests of
ingest itself send real items instead.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import count
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from signals.kinds import KINDS
from signals.kinds_members import CONTEXT_ENTITIES, Shape
from signals.models import Entity, Event, Involvement, Label, PersonalText, Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_numbers = count()


def after(minutes: float = 0, *, days: float = 0) -> datetime:
    """Return an instant so long after the tests' noon (before, if negative)."""
    return NOON + timedelta(minutes=minutes, days=days)


def entity(kind: str, external_id: str, *, at: datetime = NOON) -> Entity:
    """Return the entity, made if need be."""
    return entities([(kind, external_id)], at=at)[kind, external_id]


def entities(named: list[tuple[str, str]], *, at: datetime = NOON) -> dict[tuple[str, str], Entity]:
    """Return the entities of these kinds and ids, made if need be, in two statements at most."""
    alike = [Q(kind=kind, external_id=external_id) for kind, external_id in named]
    found = {(row.kind, row.external_id): row for row in Entity.objects.filter(reduce(or_, alike))} if alike else {}
    missing = [one for one in dict.fromkeys(named) if one not in found]
    made = Entity.objects.bulk_create(
        Entity(kind=kind, external_id=name, ref=f"en_{kind}_{name}"[:24], first_seen_at=at, last_seen_at=at)
        for kind, name in missing
    )
    return found | dict(zip(missing, made, strict=True))


@transaction.atomic(savepoint=False)
def event(
    kind: str,
    at: datetime,
    *,
    id: str = "",  # noqa: A002
    source: str = "shop",
    observed_at: datetime | None = None,
    context: dict[str, str] | None = None,
    domains: tuple[str, ...] = (),
    **members: Any,
) -> Event:
    """Store one revision of an event; `amount` is in minor units of the base currency."""
    declared = KINDS[kind]
    named = [(name, *_named(what, members[name])) for name, what in declared.entity_members.items() if name in members]
    named += [(name, CONTEXT_ENTITIES[name], value) for name, value in (context or {}).items()]
    named += [("domain", "domain", name) for name in domains]
    rows = entities([(what, value) for _, what, value in named], at=at)
    involved = [(role, rows[what, value]) for role, what, value in named]
    roles: dict[str, int] = {}
    for role, one in involved:
        roles.setdefault(role, one.pk)  # of several domains the first is the event's
    texts = {name: members.pop(name) for name in declared.text_members if name in members}
    row = _event_row(kind, at, id=id, source=source, observed_at=observed_at or at, roles=roles, members=members)
    if id:
        _supersede(row)
    _involve(row, involved)
    PersonalText.objects.bulk_create([PersonalText(event=row, member=name, text=text) for name, text in texts.items()])
    return row


def _named(kind: str, value: Any) -> tuple[str, str]:
    """Return kind and id of the entity a member names: a target tells both."""
    return (kind, value) if kind else (value["kind"], value["id"])


def label(
    about: Event, label_class: str, known_at: datetime, *, abuse_type: str, role: str, verdict: str, **fields: Any
) -> Label:
    """Store a label on an event and on the entity that holds `role` in it."""
    number = next(_numbers)
    given = {
        "source": "import",
        "actor": "test",
        "origin": "test",
        "occurred_at": about.occurred_at,
        "recorded_at": known_at,
        "confidence": 1.0,
    }
    return Label.objects.create(
        external_id=f"label-{number}",
        entity_id=about.roles[role],
        event=about,
        abuse_type_id=abuse_type,
        verdict=verdict,
        label_class=label_class,
        known_at=known_at,
        **(given | fields),
    )


def _event_row(
    kind: str,
    at: datetime,
    *,
    id: str,  # noqa: A002
    source: str,
    observed_at: datetime,
    roles: dict[str, int],
    members: dict[str, Any],
) -> Event:
    external_id = id or f"evt-{next(_numbers):06}"
    declared = KINDS[kind]
    money = next((member.name for member in declared.members if member.shape is Shape.MONEY), "")
    content = f"{source}/{external_id}/{observed_at}/{members}"
    return Event.objects.create(
        source=Source.objects.get_or_create(name=source)[0],
        external_id=external_id,
        kind=kind,
        entity_id=roles.get(declared.primary or "") or next(iter(roles.values())),
        actor_id=roles.get(declared.actor or ""),
        occurred_at=at,
        observed_at=observed_at,
        received_at=observed_at,
        content_mac=hashlib.sha256(content.encode()).digest(),
        payload=members,
        roles=roles,
        amount_base_minor=members.get(money),
    )


def _supersede(row: Event) -> None:
    earlier = Event.objects.filter(source=row.source, external_id=row.external_id, observed_at__lt=row.observed_at)
    Involvement.objects.filter(event__in=earlier, superseded_at=None).update(superseded_at=row.observed_at)


def _involve(row: Event, named: list[tuple[str, Entity]]) -> None:
    Involvement.objects.bulk_create(
        [
            Involvement(
                event=row,
                entity=who,
                role=role,
                kind=row.kind,
                occurred_at=row.occurred_at,
                observed_at=row.observed_at,
                primary_id=row.entity_id,
                actor_id=row.actor_id,
                amount_base_minor=row.amount_base_minor,
                **{f"{name}_id": row.roles.get(name) for name in Involvement.COPIED},
            )
            for role, who in named
        ]
    )
