"""Where everything stands: open alarms with their words, those that are over, and the figures behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from cases.queries import watch as judgement
from signals.queries import watch as evidence
from tscore.core.audit import trail
from tscore.core.models import Alarm, AlarmNotice
from tscore.watch import checks, stages, table

RANK: Final = {"critical": 0, "high": 1, "medium": 2}
_MOST_OPEN = 100
_RECENT = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm as people read it. `detail` may quote a stranger; `untold` says by which channels it was not told."""

    alarm_id: int
    key: str
    severity: str
    title: str
    meaning: str
    todo: str
    runbook: str
    detail: str
    since: datetime
    last_seen_at: datetime
    cleared_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    untold: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is watched: how many wait, and since when the oldest."""

    name: str
    count: int
    is_capped: bool
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the page shows; `looked_at` is None, or long ago, where nobody looks."""

    open: list[Line]
    over: list[Line]
    figures: list[Figure]
    looked_at: datetime | None
    is_asleep: bool


def standing(*, now: datetime) -> Standing:
    """Return where everything stands; the same number of statements however much is wrong."""
    alarms = Alarm.objects.select_related("acknowledged_by")
    found = list(alarms.filter(cleared_at=None).order_by("-since")[:_MOST_OPEN])
    over = list(alarms.filter(cleared_at__isnull=False).order_by("-id")[:_RECENT])
    untold = _untold([alarm.pk for alarm in found])
    looked_at = _looked_at()
    return Standing(
        open=sorted((_line(alarm, untold) for alarm in found), key=lambda line: RANK.get(line.severity, 3)),
        over=[_line(alarm, {}) for alarm in over],
        figures=figures(now=now),
        looked_at=looked_at,
        is_asleep=looked_at is None or now - looked_at > stages.ASLEEP_AFTER,
    )


def figures(*, now: datetime) -> list[Figure]:
    """Return what waits on each step of the way."""
    events, signals = evidence.waiting()
    oldest_action, actions = judgement.outbox(now=now)
    is_open, _ = evidence.dead_letters(since=now - checks.HOUR, most=evidence.MOST)
    most = evidence.MOST
    return [
        Figure("Events to be scored", events, events >= most, evidence.oldest_unscored()),
        Figure("Signals to be routed", signals, signals >= most, evidence.oldest_unrouted()),
        Figure("Actions to be sent", actions, actions >= most, oldest_action),
        Figure("Audit entries to be sealed", trail.unsealed(), False, trail.oldest_unsealed()),
        Figure("Dead letters open", is_open, is_open >= most, None),
    ]


def _looked_at() -> datetime | None:
    return max(filter(None, (stages.last_look(table.LOOK), stages.last_look("watch"))), default=None)


def _untold(alarm_ids: list[int]) -> dict[int, list[str]]:
    """Return by which channels each of these alarms was tried and not told."""
    failing: QuerySet[AlarmNotice] = AlarmNotice.objects.filter(
        ~Q(last_error=""), alarm_id__in=alarm_ids, event="raised"
    )
    found: dict[int, list[str]] = {}
    for alarm_id, channel in failing.values_list("alarm_id", "channel"):
        found.setdefault(alarm_id, []).append(channel)
    return found


def _line(alarm: Alarm, untold: dict[int, list[str]]) -> Line:
    declared = table.of_key(alarm.key)
    return Line(
        alarm_id=alarm.pk,
        key=alarm.key,
        severity=declared.severity if declared else "high",
        title=declared.title if declared else "Something is wrong",
        meaning=declared.meaning if declared else "",
        todo=declared.todo if declared else "",
        runbook=declared.runbook if declared else "",
        detail=alarm.detail,
        since=alarm.since,
        last_seen_at=alarm.last_seen_at,
        cleared_at=alarm.cleared_at,
        acknowledged_by=alarm.acknowledged_by.name if alarm.acknowledged_by else "",
        acknowledged_at=alarm.acknowledged_at,
        untold=", ".join(untold.get(alarm.pk, [])),
    )
