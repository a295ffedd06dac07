"""Signals come in from other detectors: each is stored once or refused with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import UNSET

from signals.detectors.registry import DETECTORS
from signals.enums import EventStatus, Mode
from signals.models import AbuseType, Source
from signals.services.intake import answer as answers
from signals.services.intake.answer import BatchAnswer, ItemAnswer
from signals.services.intake.batch import Batch
from signals.services.intake.entities import Entities
from signals.services.intake.problems import ItemRefused
from signals.services.intake.ready import Key
from signals.services.intake.run import run
from signals.services.intake.scan import Scanned, split
from signals.services.signals.known import Known, known_signals
from signals.services.signals.ready import ReadySignal, read
from signals.services.signals.rows import DetectorRow, SignalDraft, ensure_detectors, raise_signals
from tscore.core import ids

__all__ = ["SignalDraft", "ensure_detectors", "ingest_signals", "ingest_signals_bytes", "raise_signals"]
STREAM = "signals"
# However a name is written: what reads like one of ours would be taken for it.
_OWN = frozenset(name.casefold() for name in DETECTORS)


@dataclass(slots=True)
class _Plan:
    """What will be done with each item of a batch."""

    lines: dict[int, ItemAnswer] = field(default_factory=dict)
    late: dict[int, tuple[str, ItemRefused]] = field(default_factory=dict)
    stored: dict[int, ReadySignal] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)


def ingest_signals_bytes(
    *, source: str, body: bytes, content_type: str, received_at: datetime, dry_run: bool = False
) -> BatchAnswer:
    """Store the signals of one HTTP body; raises what `ingest.ingest_bytes` raises."""
    items = split(body, lines=content_type == "application/x-ndjson")
    return ingest_signals(source=source, items=items, received_at=received_at, over_http=True, dry_run=dry_run)


def ingest_signals(
    *,
    source: str,
    items: Sequence[bytes | Scanned],
    received_at: datetime,
    over_http: bool = False,
    dry_run: bool = False,
) -> BatchAnswer:
    """Store signals, each by itself; the answer lists them in order."""
    batch: Batch[ReadySignal] = Batch(source, STREAM, received_at)
    batch.read(items, lambda item: read(item, source=source))
    if over_http:
        batch.require_own()
    return run(lambda: _store(batch), dry_run=dry_run, stage="correlate", stream=STREAM)


def _store(batch: Batch[ReadySignal]) -> BatchAnswer:
    source, _ = Source.objects.get_or_create(name=batch.source)
    known = known_signals(source.pk, list(batch.ready.values()))
    plan = _plan(batch, known)
    entities = _entities(plan)
    detectors = _detectors(plan, batch.source)
    drafts = [_draft(item, known, entities, detectors) for item in plan.stored.values()]
    pks = raise_signals(drafts, source=batch.source, received_at=batch.received_at)
    for (index, item), pk in zip(plan.stored.items(), pks, strict=True):
        plan.lines[index] = _line(index, item, EventStatus.NEW, pk or 0)
    for index, first in plan.repeats.items():
        plan.lines[index] = _again(index, batch.ready[index], plan.lines[first])
    return batch.answer(source, plan.lines, plan.late)


def _plan(batch: Batch[ReadySignal], known: Known) -> _Plan:
    plan = _Plan()
    seen: dict[tuple[str, Key, str], int] = {}
    types = set(AbuseType.objects.values_list("pk", flat=True))
    for index, item in batch.ready.items():
        try:
            pk = known.same(item)
            _check(item, known, types)
        except ItemRefused as problem:
            plan.late[index] = (item.external_id, problem)
            continue
        first = seen.get(_dedupe(item))
        if pk is not None:
            plan.lines[index] = _line(index, item, EventStatus.DUPLICATE, pk)
        elif first is not None:
            plan.repeats[index] = first
        else:
            seen[_dedupe(item)] = index
            known.add(item)
            plan.stored[index] = item
    return plan


def _check(item: ReadySignal, known: Known, types: set[str]) -> None:
    if item.data.detector.casefold() in _OWN:
        raise ItemRefused("own_detector", "/data/detector")
    if item.data.abuse_type not in types:
        raise ItemRefused("unknown_abuse_type", "/data/abuse_type")
    for place, event in enumerate(item.data.events):
        if (event.source, event.id) not in known.events:
            raise ItemRefused("unknown_event", f"/data/events/{place}")


def _dedupe(item: ReadySignal) -> tuple[str, Key, str]:
    return item.data.detector, item.entity, item.dedupe_key


def _entities(plan: _Plan) -> Entities:
    entities = Entities()
    for item in plan.stored.values():
        entities.note(item.entity, item.observed_at)
        entities.values.update(item.values)
    entities.write()
    entities.write_values()
    return entities


def _detectors(plan: _Plan, source: str) -> dict[str, DetectorRow]:
    specs = {
        item.data.detector: (
            item.data.detector, item.data.detector_version, item.data.abuse_type,
            f"{item.data.detector} of {source}"[:120], Mode.LIVE.value,
        )
        for item in plan.stored.values()
    }  # fmt: skip
    return ensure_detectors(list(specs.values())) if specs else {}


def _draft(item: ReadySignal, known: Known, entities: Entities, detectors: dict[str, DetectorRow]) -> SignalDraft:
    data, detector = item.data, detectors[item.data.detector]
    return SignalDraft(
        detector_id=detector.pk,
        detector_version=data.detector_version,
        entity_id=entities.ids[item.entity],
        abuse_type=data.abuse_type,
        score=data.score,
        severity=None if data.severity is UNSET else data.severity,
        reasons=item.reasons,
        techniques=[] if data.techniques is UNSET else data.techniques,
        money_at_stake_base_minor=item.at_stake_base_minor,
        event_ids=[known.events[event.source, event.id] for event in data.events],
        dedupe_key=item.dedupe_key,
        observed_at=item.observed_at,
        mode=detector.mode,
        external_id=item.external_id,
        content_mac=item.content_mac,
    )


def _line(index: int, item: ReadySignal, status: EventStatus, pk: int) -> ItemAnswer:
    return answers.accepted(index, item.external_id, status.value, ids.row_ref("sg", pk), item.flags)


def _again(index: int, item: ReadySignal, first: ItemAnswer) -> ItemAnswer:
    return answers.accepted(index, item.external_id, EventStatus.DUPLICATE.value, first.ref, item.flags)
