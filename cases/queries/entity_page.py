"""The page of one entity: cases, decisions, actions, labels and links from the view of judgement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from cases import permissions
from cases.enums import VeilCategory
from cases.models import Case
from cases.queries.actions import RELATED, ActionRow, action_rows, visible_actions
from cases.queries.behind import Behind, behind
from cases.queries.event_views import EventView, event_views, in_order, newest_ids
from cases.queries.mutes import MutedSignal, muted_about
from cases.queries.names import EntityName, name_of
from cases.queries.notes import NoteView, notes_about
from cases.queries.past import PastDecision, decisions_about
from cases.queries.ring_page import RingLine, rings_about
from cases.queries.rollup import Surface, surfaces
from cases.queries.who import Linked, OtherCase, Subject, cases_about, linked_to, subject_of
from signals.enums import SEVERITY_RANK
from signals.kinds_members import ATTRIBUTES
from signals.models import Entity, Event, Label
from tscore.core.errors import Missing
from tscore.core.models import User

WITH_PICTURES: Final = {"listing", "message"}
ACTIONS, LABELS, EVENTS, RAW, TAB_ROWS = 50, 100, 50, 20, 100


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
class RawEvent:
    """One event as it is stored: personal values are tokens, texts are left out."""

    external_id: str
    kind: str
    source: str
    occurred_at: datetime
    observed_at: datetime
    flags: list[str]
    payload: str


@dataclass
class EntityPage:
    """What is known and was done about an entity, each part read when it is asked for, and once.

    Cases, decisions, notes and actions only of queues the person may see. `before` is where a page of events begins.
    """

    entity: Entity
    user: User
    before: datetime | None = None

    @property
    def is_account(self) -> bool:
        """Tell whether this is somebody who does things, rather than a thing or an attribute."""
        return self.entity.kind == "account"

    @cached_property
    def name(self) -> EntityName:
        """How it is called."""
        return name_of(self.entity)

    @cached_property
    def subject(self) -> Subject:
        """Counts and labels, for the bar at the top."""
        return subject_of(self.entity)

    @cached_property
    def cases(self) -> list[OtherCase]:
        """The newest cases."""
        return [case for case, queue_id in self._all_cases if permissions.may_review(self.user, queue_id)]

    @property
    def hidden_cases(self) -> int:
        """How many more there are in queues of others."""
        return len(self._all_cases) - len(self.cases)

    @property
    def open_cases(self) -> list[OtherCase]:
        """The open ones, the worst first."""
        return sorted(
            (case for case in self.cases if case.state != "closed"), key=lambda case: -SEVERITY_RANK[case.severity]
        )

    @cached_property
    def actions(self) -> list[ActionRow]:
        """What was asked of the marketplace about it, newest first."""
        found = visible_actions(self.user).filter(entity=self.entity).select_related(*RELATED)
        return action_rows(found.order_by("-pk")[:ACTIONS], user=self.user)

    @cached_property
    def decisions(self) -> list[tuple[str, PastDecision]]:
        """The decisions on its cases, each with the case, newest first."""
        return decisions_about(self.entity.pk, user=self.user, queue_ids=self._queue_ids)

    @cached_property
    def labels(self) -> list[LabelLine]:
        """What was said to be true of it."""
        return _labels(self.entity)

    @cached_property
    def notes(self) -> list[NoteView]:
        """What people noted on its cases."""
        return notes_about(self.entity.pk, queue_ids=self._queue_ids)

    @cached_property
    def linked(self) -> list[Linked]:
        """What it was seen with."""
        return linked_to(self.entity)

    @cached_property
    def behind(self) -> Behind | None:
        """The accounts that share it; None for what is no attribute."""
        return behind(self.entity, user=self.user) if self.entity.kind in ATTRIBUTES else None

    @cached_property
    def devices(self) -> list[Linked]:
        """The devices of an account."""
        return linked_to(self.entity, kinds=["device"]) if self.is_account else []

    @cached_property
    def surfaces(self) -> list[Surface]:
        """What an account did on every surface."""
        return surfaces(account=self.entity, user=self.user) if self.is_account else []

    @cached_property
    def money(self) -> list[Surface]:
        """The payments, disputes and payouts it took part in."""
        return self._surfaces_of("payment", "dispute", "payout")

    @cached_property
    def listings(self) -> list[Surface]:
        """The listings it took part in."""
        return self._surfaces_of("listing")

    @cached_property
    def messages(self) -> list[Surface]:
        """The messages it took part in."""
        return self._surfaces_of("message")

    @cached_property
    def rings(self) -> list[RingLine]:
        """The rings an account is in."""
        return rings_about(entity_id=self.entity.pk, user=self.user) if self.is_account else []

    @cached_property
    def muted(self) -> list[MutedSignal]:
        """What nobody wanted to be asked about."""
        return muted_about(self.entity.pk)

    @cached_property
    def timeline(self) -> list[EventView]:
        """What happened, newest first, at most 50."""
        event_ids = newest_ids(self.entity, before=self.before, limit=EVENTS)
        return in_order(event_views(event_ids), event_ids)

    @cached_property
    def veil_category(self) -> str:
        """What may be hard to look at in its pictures, as its newest such case says; "" for what has none."""
        if self.entity.kind not in WITH_PICTURES:
            return ""
        own = Case.objects.filter(entity=self.entity).exclude(queue__veil_category="")
        return own.order_by("-pk").values_list("queue__veil_category", flat=True).first() or VeilCategory.GOODS

    @cached_property
    def raw(self) -> list[RawEvent]:
        """The same as it is stored, at most 20."""
        return _raw(newest_ids(self.entity, before=self.before, limit=RAW))

    @cached_property
    def attributes(self) -> str:
        """What is kept beside the entity, as JSON."""
        return _json(self.entity.attributes)

    @cached_property
    def _all_cases(self) -> list[tuple[OtherCase, int]]:
        return cases_about(self.entity.pk)

    @property
    def _queue_ids(self) -> list[int]:
        return [queue.pk for queue in permissions.queues_of(self.user)]

    def _surfaces_of(self, *kinds: str) -> list[Surface]:
        return surfaces(account=self.entity, user=self.user, kinds=kinds, shown=TAB_ROWS)


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
    """Return the page of an entity, of which nothing is read yet."""
    return EntityPage(entity, user, before)


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


def _raw(event_ids: Sequence[int]) -> list[RawEvent]:
    stored = Event.objects.select_related("source").in_bulk(event_ids)
    events = [stored[pk] for pk in event_ids if pk in stored]
    return [
        RawEvent(
            external_id=event.external_id,
            kind=event.kind,
            source=event.source.name,
            occurred_at=event.occurred_at,
            observed_at=event.observed_at,
            flags=event.flags,
            payload=_json(event.payload),
        )
        for event in events
    ]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
