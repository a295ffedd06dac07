"""Score events: features once for a batch, every detector by itself, signals and logged values in one transaction."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from signals.detectors.base import Detector, EventView, Finding
from signals.detectors.panel import Budget, Panel
from signals.detectors.registry import BY_KIND, DETECTORS
from signals.enums import Mode
from signals.features import batch as batches
from signals.features import compute
from signals.features.batch import Batch, Scored
from signals.features.spec import Value, Values
from signals.models import Event
from signals.services import origins, scoring_rows
from signals.services.feature_log import statements as feature_log
from signals.services.signals.intake import SignalDraft, ensure_detectors, raise_signals
from signals.services.signals.rows import DetectorRow
from tscore.core import alarms, work
from tscore.core.crashpoints import crashpoint
from tscore.core.db import in_transaction
from tscore.core.errors import Busy

logger = logging.getLogger(__name__)

MOST_EVIDENCE = 20  # facts beside the trigger
LONGEST_ID = 420
_TEXT_KINDS = ("message.sent", "listing.created", "listing.updated")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a batch gave: values by event, findings, the facts behind them, and what failed on the way."""

    features: Values
    findings: list[tuple[Scored, Detector, Finding]]
    evidence: dict[tuple[str, int], list[int]]
    faults: list[tuple[str, int, Exception]]


def score_pending(*, limit: int, now: datetime) -> int:
    """Score a batch of events that nobody has scored yet; return how many were taken.

    * Only the current revision of an event is scored; an older one that still waits is only marked as done.
    * Where a batch fails as a whole its events are taken one at a time; one that fails alone waits longer each time.
    """
    waiting = Event.objects.filter(scored_at__isnull=True).only("id", "attempts", "fence")
    held = work.lease(waiting, limit=limit, now=now)
    if not held:
        return 0
    crashpoint("score.leased")
    try:
        score_held(held=held, now=now)
    except Busy:
        work.release(held)
        raise
    except Exception:
        logger.exception("A batch of %s events failed; taking them one at a time", len(held))
        for event in held:
            _score_alone(event, now)
    return len(held)


def _score_alone(event: Event, now: datetime) -> None:
    try:
        score_held(held=[event], now=now)
    except Exception as error:
        set_aside(event=event, error=error, now=now)


def set_aside(*, event: Event, error: Exception, now: datetime) -> None:
    """Let an event that cannot be scored wait, longer each time, and say so."""
    logger.warning("Event %s cannot be scored: %s", event.pk, error)
    text = f"{type(error).__name__}: {error}"
    work.release([event], next_at=now + work.back_off(event.attempts), error=text)
    alarms.raise_alarm("score:event", "warning", f"Event {event.pk} cannot be scored: {text[:500]}", now)


def score_held(*, held: Sequence[Event], now: datetime) -> None:
    """Score leased events as one batch; the caller gives them back where this fails."""
    current = scoring_rows.current([event.pk for event in held])
    outcome = _look(batches.read([event.pk for event in held if event.pk in current]))
    _report(outcome, now)
    in_transaction(lambda: _settle(held, outcome, now))
    crashpoint("score.settled")


def _look(batch: Batch) -> _Outcome:
    """Compute features and ask the detectors; nothing is written."""
    features = compute.of_batch(batch)
    panel = Panel(Budget(settings.DETECTOR_EVENT_S, settings.DETECTOR_BATCH_S))
    for event in batch.events:
        detectors = BY_KIND.get(event.kind)
        if detectors:
            panel.ask(detectors, _view(batch, event, features[event.id]), event)
    return _Outcome(features, panel.findings, _evidence(panel.findings), [*batch.faults, *panel.problems()])


def _view(batch: Batch, event: Scored, features: dict[str, Value]) -> EventView:
    return EventView(
        id=event.id,
        kind=event.kind,
        occurred_at=event.occurred_at,
        roles=event.roles,
        payload=event.payload,
        features=features,
        texts=batch.texts.get(event.id, {}) if event.kind in _TEXT_KINDS else {},
        amount_base_minor=event.amount_base_minor,
    )


def _evidence(findings: Sequence[tuple[Scored, Detector, Finding]]) -> dict[tuple[str, int], list[int]]:
    """Find the facts behind the windows that findings name, for those few events only."""
    asked: dict[str, set[int]] = defaultdict(set)
    for event, _, finding in findings:
        for name in finding.evidence:
            asked[name].add(event.id)
    return {
        (name, event_id): facts
        for name, event_ids in asked.items()
        for event_id, facts in compute.evidence(feature=name, event_ids=sorted(event_ids), most=MOST_EVIDENCE).items()
    }


def _report(outcome: _Outcome, now: datetime) -> None:
    """Raise one alarm for each detector or feature function that failed."""
    for name, event_id, error in {name: (name, event_id, error) for name, event_id, error in outcome.faults}.values():
        logger.warning("%s failed on event %s", name, event_id, exc_info=error)
        notes = " ".join(["", *getattr(error, "__notes__", ())])
        detail = f"{name} failed on event {event_id}: {type(error).__name__}: {error}{notes}"[:1000]
        alarms.raise_alarm(f"detector:{name}", "warning", detail, now)


def _settle(held: Sequence[Event], outcome: _Outcome, now: datetime) -> None:
    """Store what was found for the events that this worker still holds.

    A newer revision waits here for an older one that is being settled, so that it sees the signals it retracts.
    """
    scoring_rows.lock_older([event.pk for event in held])
    mine = scoring_rows.settle(held, outcome.features, now)
    feature_log.note_scored(sorted(mine & outcome.features.keys()), now)
    current = scoring_rows.current(sorted(mine))
    kept = [finding for finding in outcome.findings if finding[0].id in current]
    drafts = origins.marked(_drafts(kept, outcome.evidence)) if kept else []
    raise_signals(drafts, received_at=now)
    retracted = scoring_rows.retract_older(sorted(current), now)
    if drafts or retracted:
        work.wake("correlate")


def _drafts(
    findings: Sequence[tuple[Scored, Detector, Finding]], evidence: dict[tuple[str, int], list[int]]
) -> list[SignalDraft]:
    detectors = ensure_detectors(
        [(d.name, d.version, d.abuse_type, d.title, d.mode) for _, d in sorted(DETECTORS.items())]
    )
    return [
        _draft(event, detector, finding, detectors[detector.name], evidence)
        for event, detector, finding in findings
        if finding.role in event.roles
    ]


def _draft(
    event: Scored, detector: Detector, finding: Finding, row: DetectorRow, evidence: dict[tuple[str, int], list[int]]
) -> SignalDraft:
    key = f"{event.source}/{event.external_id}/{_instant(event.observed_at)}"
    facts = [fact for name in finding.evidence for fact in evidence.get((name, event.id), [])]
    external_id = f"{detector.name}/{key}"
    return SignalDraft(
        detector_id=row.pk,
        detector_version=detector.version,
        entity_id=event.roles[finding.role],
        abuse_type=detector.abuse_type,
        score=round(finding.score, 4),
        severity=finding.severity or None,
        reasons=[reason.as_json() for reason in finding.reasons],
        techniques=finding.techniques,
        money_at_stake_base_minor=finding.money_minor,
        event_ids=[event.id, *facts[:MOST_EVIDENCE]],
        dedupe_key=key,
        observed_at=event.observed_at,
        mode=Mode(row.mode),
        external_id=external_id if len(external_id) <= LONGEST_ID else "",
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
