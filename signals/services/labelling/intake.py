"""Labels come in: each statement is recorded once or refused with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import UNSET

from signals.enums import EventStatus
from signals.models import AbuseType, Entity, Event, Label, Source
from signals.services import labels
from signals.services.intake import answer as answers
from signals.services.intake.answer import BatchAnswer, ItemAnswer
from signals.services.intake.batch import Batch
from signals.services.intake.entities import Entities
from signals.services.intake.problems import ItemRefused
from signals.services.intake.run import run
from signals.services.intake.scan import Scanned, split
from signals.services.labelling.known import Known, known_labels
from signals.services.labelling.ready import ReadyLabel, read
from signals.services.labels import LabelDraft
from tscore.core import ids

STREAM = "labels"


@dataclass(slots=True)
class _Plan:
    """What will be done with each item of a batch."""

    lines: dict[int, ItemAnswer] = field(default_factory=dict)
    late: dict[int, tuple[str, ItemRefused]] = field(default_factory=dict)
    stored: dict[int, ReadyLabel] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)


def ingest_labels_bytes(
    *, source: str, body: bytes, content_type: str, received_at: datetime, dry_run: bool = False
) -> BatchAnswer:
    """Record the labels of one HTTP body; raises what `ingest.ingest_bytes` raises for a body it cannot read."""
    items = split(body, lines=content_type == "application/x-ndjson")
    return ingest_labels(source=source, items=items, received_at=received_at, dry_run=dry_run)


def ingest_labels(
    *, source: str, items: Sequence[bytes | Scanned], received_at: datetime, dry_run: bool = False
) -> BatchAnswer:
    """Record labels, each by itself; the answer lists them in order."""
    batch: Batch[ReadyLabel] = Batch(source, STREAM, received_at)
    batch.read(items, lambda item: read(item, source=source))
    return run(lambda: _store(batch), dry_run=dry_run, stream=STREAM)


def _store(batch: Batch[ReadyLabel]) -> BatchAnswer:
    source, _ = Source.objects.get_or_create(name=batch.source)
    known, types = known_labels(list(batch.ready.values())), AbuseType.objects.in_bulk()
    plan = _plan(batch, known, types)
    entities = _entities(plan)
    drafts = [_draft(item, known, entities, types) for item in plan.stored.values()]
    stored = labels.record_many(drafts, now=batch.received_at)
    for (index, item), label in zip(plan.stored.items(), stored, strict=True):
        plan.lines[index] = _line(index, item, EventStatus.NEW, ids.row_ref("lb", label.pk))
    for index, first in plan.repeats.items():
        plan.lines[index] = _line(index, batch.ready[index], EventStatus.DUPLICATE, plan.lines[first].ref)
    return batch.answer(source, plan.lines, plan.late)


def _plan(batch: Batch[ReadyLabel], known: Known, types: dict[str, AbuseType]) -> _Plan:
    plan = _Plan()
    first: dict[tuple[str, str], int] = {}
    for index, item in batch.ready.items():
        try:
            held = known.same(item)
            _check(item, known, types)
            _require_equal(item, plan.stored.get(first.get(item.name, -1)))
        except ItemRefused as problem:
            plan.late[index] = (item.item.id, problem)
            continue
        if held is not None:
            plan.lines[index] = _line(index, item, EventStatus.DUPLICATE, ids.row_ref("lb", held.pk))
        elif item.name in first:
            plan.repeats[index] = first[item.name]
        else:
            first[item.name] = index
            plan.stored[index] = item
    return plan


def _check(item: ReadyLabel, known: Known, types: dict[str, AbuseType]) -> None:
    if item.item.abuse_type not in types:
        raise ItemRefused("unknown_abuse_type", "/abuse_type")
    if item.event is not None and item.event not in known.events:
        raise ItemRefused("unknown_event", "/event")
    if item.item.supersedes is not UNSET and (item.origin, item.item.supersedes) not in known.labels:
        raise ItemRefused("unknown_label", "/supersedes")


def _require_equal(item: ReadyLabel, earlier: ReadyLabel | None) -> None:
    if earlier is not None and earlier.content != item.content:
        raise ItemRefused("id_conflict", "/id", "This id was sent before with another statement. Use a new id.")


def _entities(plan: _Plan) -> Entities:
    entities = Entities()
    for item in plan.stored.values():
        entities.note(item.entity, item.occurred_at)
        entities.values.update(item.values)
    entities.write()
    entities.write_values()
    return entities


def _draft(item: ReadyLabel, known: Known, entities: Entities, types: dict[str, AbuseType]) -> LabelDraft:
    label = item.item
    supersedes: Label | None = None if label.supersedes is UNSET else known.labels[item.origin, label.supersedes]
    return LabelDraft(
        external_id=label.id,
        entity=Entity(pk=entities.ids[item.entity]),
        event=Event(pk=known.events[item.event]) if item.event else None,
        abuse_type=types[label.abuse_type],
        verdict=label.verdict,
        label_class=label.label_class,
        source=label.source,
        actor=label.actor,
        occurred_at=item.occurred_at,
        known_at=item.known_at,
        origin=item.origin,
        confidence=label.confidence,
        reason=label.reason,
        supersedes=supersedes,
        lane=label.lane,
        inclusion_probability=label.inclusion_probability,
    )


def _line(index: int, item: ReadyLabel, status: EventStatus, ref: str) -> ItemAnswer:
    return answers.accepted(index, item.item.id, status.value, ref, [])
