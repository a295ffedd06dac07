"""One event, one verdict, in the request: stored like any other, scored by the stage's own code, answered in time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
from django.db import OperationalError

from signals.enums import EventStatus
from signals.models import Event
from signals.services import assess_rows, in_time, ingest, scoring, verdicts
from signals.services.assess_rows import Known
from signals.services.intake.answer import ItemAnswer, ItemError
from signals.services.intake.scan import scan
from signals.services.verdicts import Advice, AdviceBy, Found
from tscore.core import ids, work
from tscore.core.errors import Busy

logger = logging.getLogger(__name__)

# So many may score at once; the other threads can always store, however long detectors sleep.
SCORING: Final = threading.BoundedSemaphore(in_time.THREADS // 2)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.04


class NotStoredInTime(Busy):
    """The event could not be stored within the budget. Send the same request again; it is never stored twice."""


class Router(Protocol):
    """Gives signals their cases; handed in, because cases stand above signals."""

    def __call__(self, *, signal_ids: Sequence[int], now: datetime) -> dict[int, str]:
        """Return the public word of the case by signal id."""
        ...


class Matched(msgspec.Struct):
    """What one detector said."""

    detector: str
    reasons: list[dict[str, Any]]


class Assessment(msgspec.Struct, omit_defaults=True):
    """The answer: what to do, who says so and why.

    `score` is 0 where no detector spoke or none was heard in time; `error` and `dead_letter` tell of a refused event.
    """

    verdict: str
    verdict_by: str
    score: float
    matched: list[Matched]
    event_status: str
    ref: str = ""
    case: str = ""
    flags: list[str] | None = None
    dead_letter: str = ""
    error: ItemError | None = None


@dataclass(slots=True)
class _Progress:
    """How far the work has come; whoever waits for it takes what is there when the time is up."""

    line: ItemAnswer | None = None
    found: list[Found] | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    source: str
    event: bytes
    now: datetime
    deadline: float
    route: Router
    progress: _Progress = field(default_factory=_Progress)


def assess(
    *, source: str, event: bytes, received_at: datetime, deadline: float, default: Advice, route: Router
) -> Assessment:
    """Store one event and say what its detectors say, or the caller's default at the deadline.

    Args:
        event: the item as it was sent; what the intake refuses is refused here, with a dead letter.
        deadline: by the monotonic clock. What is stored but not scored by then goes the way of every other event.
        route: gives the event's signals their cases, if there is time left.

    Raises:
        NotStoredInTime: nothing is known to be stored; sending again is harmless.
        ScopeRefused: the event is of another source.
    """
    task = _Task(source, event, received_at, deadline, route)
    in_time.run(lambda: _carry_out(task), deadline=deadline)
    if task.progress.line is None:
        raise NotStoredInTime
    return _answer(task.progress, task.progress.line, default)


def check(*, source: str, event: bytes, received_at: datetime, default: Advice) -> Assessment:
    """Answer as `assess` would if it had no time to score, and store nothing."""
    answer = ingest.ingest(source=source, items=[scan(event)], received_at=received_at, over_http=True, dry_run=True)
    return _answer(_Progress(), answer.items[0], default)


def _carry_out(task: _Task) -> None:
    line = _store(task)
    task.progress.line = line
    pk = ids.parse_row_ref("ev", line.ref)
    if pk is None:
        return
    try:
        _judge(task, pk, is_fresh=line.status in {EventStatus.NEW, EventStatus.SUPERSEDING})
    except Exception:  # the event is held: what failed here is for the ordinary stages to repeat and to tell of
        logger.exception("%s could not be assessed in the request", line.ref)
    if task.progress.found is None:
        work.wake("score")


def _store(task: _Task) -> ItemAnswer:
    items = [scan(task.event)]
    return ingest.ingest(source=task.source, items=items, received_at=task.now, over_http=True, stage="").items[0]


def _judge(task: _Task, pk: int, *, is_fresh: bool) -> None:
    known = _until_scored(task, Known(pk, False, []) if is_fresh else assess_rows.known(pk))
    if known is None:
        return
    found = verdicts.strongest_first(known.found)
    task.progress.found = found
    if found and in_time.left(task.deadline):
        case_of = task.route(signal_ids=[one.signal_id for one in found], now=task.now)
        task.progress.case = case_of.get(found[0].signal_id, "")


def _until_scored(task: _Task, known: Known) -> Known | None:
    """Score the event, or wait for whoever is at it; return what is then known, None where the time is up."""
    pause = _FIRST_PAUSE_S
    while not known.is_scored:
        if not in_time.left(task.deadline):
            return None
        if not _score(task, known.event_id):
            time.sleep(min(pause, in_time.left(task.deadline)))
            pause = min(pause * 2, _LONGEST_PAUSE_S)
        known = assess_rows.known(known.event_id)
    return known


def _score(task: _Task, event_id: int) -> bool:
    """Score the event if nobody else holds it; return whether it was ours to score."""
    if not SCORING.acquire(timeout=in_time.left(task.deadline)):
        return False
    try:
        waiting = Event.objects.filter(pk=event_id, scored_at__isnull=True).only("id", *Event.WORK_COLUMNS)
        held = work.lease(waiting, limit=1, now=task.now)
        if held:
            _settle(held[0], task.now)
        return bool(held)
    finally:
        SCORING.release()


def _settle(event: Event, now: datetime) -> None:
    try:
        scoring.score_held(held=[event], now=now)
    except (Busy, OperationalError):
        work.release([event])  # not the event's fault: whoever looks next may try
        raise
    except Exception as error:
        scoring.set_aside(event=event, error=error, now=now)
        raise


def _answer(progress: _Progress, line: ItemAnswer, default: Advice) -> Assessment:
    case, found = progress.case, progress.found  # in this order: a case is known only after the findings
    return Assessment(
        verdict=(default if found is None else verdicts.advice(found)).value,
        verdict_by=(AdviceBy.DEFAULT if found is None else AdviceBy.DETECTORS).value,
        score=verdicts.score(found or []),
        matched=[Matched(one.detector, one.reasons) for one in found or []],
        event_status=line.status,
        ref=line.ref,
        case=case,
        flags=line.flags or None,
        dead_letter=line.dead_letter,
        error=line.error and _within_request(line.error),
    )


def _within_request(error: ItemError) -> ItemError:
    """Let the pointer begin where the event stands in the request instead of at its place in a batch."""
    return ItemError(error.code, f"/event{error.pointer.removeprefix('/0')}", error.detail)
