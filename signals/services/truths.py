"""Turns what a set says about its events into labels with source `import`; each is recorded once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch

from signals.enums import CLASS_VERDICT, LabelSource
from signals.models import AbuseType, Event, Involvement, Label
from signals.services import labels
from signals.sources import Truth
from tscore.core import db
from tscore.core.errors import Invalid

# Whoever sends the same set at the same time waits here: what the first has recorded the second then sees.
LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class UnknownAbuseType(Invalid):
    """A truth names an abuse type that does not exist here."""


def record(*, source: str, truths: Sequence[tuple[str, Truth]], now: datetime) -> int:
    """Record one label for each (event id, truth) whose event is stored, in one transaction; return how many are new.

    A label names the entity of that kind in the event: the event's own or one of its roles.
    """
    return db.in_transaction(lambda: _record(source, truths, now))


def _record(source: str, truths: Sequence[tuple[str, Truth]], now: datetime) -> int:
    db.rows(LOCK_SQL, [f"import:{source}"])
    events = _stored(source, [event_id for event_id, _ in truths])
    types = AbuseType.objects.in_bulk()
    found = [draft for event_id, truth in truths if (draft := _draft(source, events.get(event_id), truth, types))]
    drafts = {draft.external_id: draft for draft in found}
    known = Label.objects.filter(origin=f"import:{source}", external_id__in=list(drafts))
    for external_id in known.values_list("external_id", flat=True):
        del drafts[external_id]
    return len(labels.record_many(list(drafts.values()), now=now))


def _stored(source: str, event_ids: list[str]) -> dict[str, Event]:
    # Only what a label needs: whole rows of events and entities would take most of the time of a replay.
    parts = Involvement.objects.select_related("entity").only("event_id", "entity__kind", "entity__external_id")
    found = Event.objects.filter(source__name=source, external_id__in=event_ids).order_by("observed_at")
    found = found.only("external_id", "observed_at", "occurred_at").prefetch_related(Prefetch("involvements", parts))
    return {event.external_id: event for event in found}


def _draft(source: str, event: Event | None, truth: Truth, types: dict[str, AbuseType]) -> labels.LabelDraft | None:
    if event is None:
        return None
    entity = next(
        (
            part.entity
            for part in event.involvements.all()
            if (part.entity.kind, part.entity.external_id) == (truth.entity_kind, truth.entity_id)
        ),
        None,
    )
    if entity is None:
        return None
    if truth.abuse_type not in types:
        raise UnknownAbuseType(f"A truth names the abuse type {truth.abuse_type[:32]!r}, which does not exist here.")
    return labels.LabelDraft(
        external_id=f"{event.external_id}@{event.observed_at:%Y%m%d%H%M%S}",
        entity=entity,
        event=event,
        abuse_type=types[truth.abuse_type],
        verdict=CLASS_VERDICT[truth.label_class],
        label_class=truth.label_class,
        source=LabelSource.IMPORT,
        actor=f"set:{source}",
        occurred_at=event.occurred_at,
        known_at=truth.known_at,
        origin=f"import:{source}",
    )
