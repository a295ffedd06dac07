"""The page of one entity: cases, decisions, actions, labels and links from the view of judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases import permissions
from cases.queries.actions import RELATED, ActionRow, action_rows, visible_actions
from cases.queries.event_views import EventView, event_views, in_order, newest_ids
from cases.queries.mutes import MutedSignal, muted_about
from cases.queries.names import EntityName, name_of
from cases.queries.ring_page import RingLine, rings_about
from cases.queries.rollup import Surface, surfaces
from cases.queries.who import Linked, OtherCase, cases_about, linked_to
from signals.models import Entity, Label
from tscore.core.errors import Missing
from tscore.core.models import User

ACTIONS, LABELS, EVENTS = 50, 100, 50


@dataclass(frozen=True, slots=True)
class LabelLine:
    """One statement about the entity, newest first."""

    verdict: str
    label_class: str
    source: str
    actor: str
    occurred_at: datetime
    known_at: datetime
    origin: str
    is_superseded: bool


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything the page shows; cases and actions only of queues the person may see."""

    name: EntityName
    entity: Entity
    cases: list[OtherCase]
    hidden_cases: int
    actions: list[ActionRow]
    labels: list[LabelLine]
    linked: list[Linked]
    timeline: list[EventView]
    rings: list[RingLine]
    surfaces: list[Surface]
    devices: list[Linked]
    muted: list[MutedSignal]


def entity_for(kind: str, ref: str) -> Entity:
    """Return the entity of a page address.

    Raises:
        Missing: there is none.
    """
    entity = Entity.objects.filter(kind=kind, ref=ref).first()
    if entity is None:
        raise Missing
    return entity


def entity_page(*, entity: Entity, user: User, before: datetime | None = None) -> EntityPage:
    """Return what is known and was done about an entity; of an account also what it did on every surface."""
    is_account = entity.kind == "account"
    found = cases_about(entity.pk)
    mine = [case for case, queue_id in found if permissions.may_review(user, queue_id)]
    actions = visible_actions(user).filter(entity=entity).select_related(*RELATED).order_by("-pk")[:ACTIONS]
    event_ids = newest_ids(entity, before=before, limit=EVENTS)
    return EntityPage(
        name=name_of(entity),
        entity=entity,
        cases=mine,
        hidden_cases=len(found) - len(mine),
        actions=action_rows(actions, user=user),
        labels=_labels(entity),
        linked=linked_to(entity),
        timeline=in_order(event_views(event_ids), event_ids),
        rings=rings_about(entity_id=entity.pk, user=user) if is_account else [],
        surfaces=surfaces(account=entity, user=user) if is_account else [],
        devices=linked_to(entity, kinds=["device"]) if is_account else [],
        muted=muted_about(entity.pk),
    )


def _labels(entity: Entity) -> list[LabelLine]:
    stated = list(Label.objects.filter(entity=entity).order_by("-known_at", "-pk")[:LABELS])
    superseded = {label.supersedes_id for label in stated}
    return [
        LabelLine(
            verdict=label.verdict,
            label_class=label.label_class,
            source=label.source,
            actor=label.actor,
            occurred_at=label.occurred_at,
            known_at=label.known_at,
            origin=label.origin,
            is_superseded=label.pk in superseded,
        )
        for label in stated
    ]
