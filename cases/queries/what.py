"""The centre pane: what happened, and why the case is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Case, CaseSignal
from cases.queries.event_views import EventView, event_views, newest_first, newest_ids
from cases.queries.notes import NoteView, notes_of
from signals.models import SignalEvent
from tscore.core import ids

__all__ = ["EventView", "NoteView", "ReasonLine", "SignalView", "What", "what"]

SIGNALS, TIMELINE = 200, 50


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason of a signal, strongest first."""

    code: str
    sentence: str
    value: Any
    usual: Any
    base_rate: dict[str, Any] | None
    contribution: float | None

    @property
    def legitimate(self) -> int:
        """How many findings with this reason turned out legitimate, where a base rate is known."""
        return max(self.base_rate["of"] - self.base_rate["bad"], 0) if self.base_rate else 0


@dataclass(frozen=True, slots=True)
class SignalView:
    """One signal of the case; retracted ones are shown struck through and counted nowhere.

    `place` grows with each signal that joins the case.
    """

    id: int
    place: int
    detector: str
    detector_version: str
    title: str
    score: float
    severity: str
    reasons: list[ReasonLine]
    techniques: list[str]
    observed_at: datetime
    attached_at: datetime
    is_retracted: bool
    is_new: bool
    event_ids: list[int]

    @property
    def ref(self) -> str:
        """The public word of the signal."""
        return ids.row_ref("sg", self.id)


@dataclass(frozen=True, slots=True)
class What:
    """Everything the centre pane shows. `evidence` is what a decision labels, newest first."""

    signals: list[SignalView]
    new_count: int
    evidence: list[EventView]
    timeline: list[EventView]
    notes: list[NoteView]


def what(*, case: Case, seen_at: datetime | None = None, opened: bool = True) -> What:
    """Return signals, evidence, time line and notes; signals attached after `seen_at` count as new.

    Personal values stay the ends of their tokens unless `opened`.
    """
    attached = list(
        CaseSignal.objects.filter(case=case)
        .select_related("signal__detector")
        .order_by("-signal__score", "signal_id")[:SIGNALS]
    )
    events_of = _events_of([row.signal_id for row in attached])
    signals = [_signal(row, events_of.get(row.signal_id, []), seen_at) for row in attached]
    live = [signal for signal in signals if not signal.is_retracted]
    evidence = {pk for signal in live for pk in signal.event_ids}
    recent = newest_ids(case.entity, limit=TIMELINE)
    triggers = [signal.event_ids[0] for signal in live if signal.event_ids]
    views = event_views(evidence.union(recent), evidence=evidence, triggers=triggers, opened=opened)
    return What(
        signals=signals,
        new_count=sum(signal.is_new for signal in signals),
        evidence=newest_first(view for view in views.values() if view.is_evidence),
        timeline=newest_first(views.values()),
        notes=notes_of(case, queue_ids=[]),
    )


def _events_of(signal_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    links = SignalEvent.objects.filter(signal__in=signal_ids).order_by("signal_id", "position")
    for signal_id, event_id in links.values_list("signal_id", "event_id"):
        found.setdefault(signal_id, []).append(event_id)
    return found


def _signal(row: CaseSignal, event_ids: list[int], seen_at: datetime | None) -> SignalView:
    signal = row.signal
    return SignalView(
        id=signal.pk,
        place=row.pk,
        detector=signal.detector.name,
        detector_version=signal.detector_version,
        title=signal.detector.title,
        score=signal.score,
        severity=signal.severity,
        reasons=[reason_line(reason, signal.detector.base_rates) for reason in signal.reasons],
        techniques=signal.techniques,
        observed_at=signal.observed_at,
        attached_at=row.attached_at,
        is_retracted=signal.retracted_at is not None,
        is_new=seen_at is not None and row.attached_at > seen_at,
        event_ids=event_ids,
    )


def reason_line(reason: Mapping[str, Any], base_rates: Mapping[str, Any]) -> ReasonLine:
    """Return one reason; a base rate that its detector did not give is the one counted for reasons of its code."""
    return ReasonLine(
        code=str(reason.get("code", "")),
        sentence=str(reason.get("sentence", "")),
        value=reason.get("value"),
        usual=reason.get("usual"),
        base_rate=reason.get("base_rate") or base_rates.get(str(reason.get("code", ""))),
        contribution=reason.get("contribution"),
    )


def reasons_of(case: Case, *, limit: int) -> list[ReasonLine]:
    """Return the strongest reasons of the live signals of a case, at most one of each code, in one statement."""
    attached = CaseSignal.objects.filter(case=case, signal__retracted_at=None).select_related("signal__detector")
    strongest = attached.order_by("-signal__score", "signal_id")[:SIGNALS]
    found: dict[str, ReasonLine] = {}
    for row in strongest:
        for reason in row.signal.reasons:
            found.setdefault(str(reason.get("code", "")), reason_line(reason, row.signal.detector.base_rates))
    return list(found.values())[:limit]
