"""The page of one entity: cases, decisions, actions, labels and links from the view of judgement."""

from dataclasses import dataclass
from datetime import datetime

from cases.queries.actions import ActionRow
from cases.queries.names import EntityName
from cases.queries.what import EventView
from cases.queries.who import Linked, OtherCase
from signals.models import Entity
from tscore.core.models import User


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


def entity_for(kind: str, ref: str) -> Entity:
    """Return the entity of a page address.

    Raises:
        Missing: there is none.
    """
    raise NotImplementedError


def entity_page(*, entity: Entity, user: User, before: datetime | None = None) -> EntityPage:
    """Return what is known and was done about an entity."""
    raise NotImplementedError
