"""The checks behind the alarms: each returns what is wrong now, one finding a key, or nothing.

The queries belong to the app that owns the table; here their figures meet the limits of the settings.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from cases.queries import watch as judgement
from signals.queries import watch as evidence
from tscore import health
from tscore.core.audit import trail
from tscore.core.db import rows
from tscore.core.templatetags.moments import span
from tscore.watch import stages

HOUR = timedelta(hours=1)
_LEAST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong: the part of the key that the pattern leaves open, and a sentence with the figures."""

    detail: str
    name: str = ""


def unscored(now: datetime) -> Iterator[Found]:
    """Yield a finding where an event has waited too long to be scored."""
    yield from _waits(evidence.oldest_unscored(), now, settings.ALARM_UNSCORED, "The oldest unscored event")


def unrouted(now: datetime) -> Iterator[Found]:
    """Yield a finding where a signal has waited too long for its case."""
    yield from _waits(evidence.oldest_unrouted(), now, settings.ALARM_UNROUTED, "The oldest unrouted signal")


def outbox(now: datetime) -> Iterator[Found]:
    """Yield a finding where an action has waited too long to be sent."""
    oldest, count = judgement.outbox(now=now)
    yield from _waits(oldest, now, settings.ALARM_OUTBOX, f"The oldest of {count:,} actions to be sent")


def sealer(now: datetime) -> Iterator[Found]:
    """Yield a finding where an audit entry has waited too long for its place in the chain."""
    yield from _waits(trail.oldest_unsealed(), now, settings.ALARM_SEALER, "The oldest unsealed audit entry")


def unscorable(now: datetime) -> Iterator[Found]:
    """Yield a finding while events wait that failed when they were scored by themselves."""
    if count := evidence.unscorable():
        yield Found(f"{count:,} {'event' if count == 1 else 'events'} cannot be scored and are tried again.")


def dead_letters(now: datetime) -> Iterator[Found]:
    """Yield a finding where too many refused items are open, too many came within an hour, or some were not kept."""
    most_open, most_new = settings.ALARM_DEAD_LETTERS, settings.ALARM_DEAD_LETTERS_HOUR
    is_open, new = evidence.dead_letters(since=now - HOUR, most=max(most_open, most_new))
    if is_open >= most_open:
        yield Found(f"{is_open:,} refused items or more are open; the limit is {most_open:,}.", "open")
    if new >= most_new:
        yield Found(f"{new:,} items or more were refused within an hour; the limit is {most_new:,}.", "growing")
    if unkept := evidence.unkept_letters(since=now - HOUR):
        yield Found(f"{unkept:,} refused items were only counted so far: the place for dead letters is full.", "full")


def clock(now: datetime) -> Iterator[Found]:
    """Yield a finding where the database's clock and ours differ; `now` must have been read just before."""
    began = time.monotonic()
    [(theirs,)] = rows("SELECT clock_timestamp()")
    asking = timedelta(seconds=time.monotonic() - began)
    away = theirs - now
    off = max(timedelta(0), -away, away - asking)
    if off > settings.ALARM_SKEW:
        side = "ahead of" if away > timedelta(0) else "behind"
        yield Found(f"The clock of the database is {span(off)} {side} ours.")


def far_off(now: datetime) -> Iterator[Found]:
    """Yield a finding where many of the newest events carry a time that is far from ours."""
    flagged, seen = evidence.far_off(since=max(now - HOUR, _filled_at() or now - HOUR))
    if seen >= _LEAST_EVENTS and flagged * 100 >= seen * settings.ALARM_FAR_OFF_PERCENT:
        yield Found(f"{flagged:,} of the newest {seen:,} events of this hour have a time far from ours.")


def backlog(now: datetime) -> Iterator[Found]:
    """Yield a finding for each queue whose cases will be late in 24 hours if all goes on as it does."""
    for one in judgement.forecasts(now=now):
        if one.will_be_late(settings.ALARM_BACKLOG) and one.promise is not None:
            pace = f"{one.waiting:,} cases wait, {one.came:,.0f} a day come and {one.went:,.0f} are decided."
            late = f"wait {span(one.wait)}" if one.wait else "never be decided"
            yield Found(
                f"{pace} At this pace a case that comes in 24 hours will {late}; {span(one.promise)} are promised.",
                one.slug,
            )


def marketplace_missing(now: datetime) -> Iterator[Found]:
    """Yield a finding while actions wait and nobody said where to send them."""
    if judgement.lacks_marketplace():
        yield Found("Actions are waiting: no marketplace is set. Give its address as MARKETPLACE_URL and restart.")


def broker(now: datetime) -> Iterator[Found]:
    """Yield a finding while the broker does not answer."""
    try:
        health.CHECKS["broker"]()
    except Exception as error:  # whatever its library raises
        yield Found(f"The broker does not answer ({type(error).__name__}).")


def asleep(now: datetime) -> Iterator[Found]:
    """Yield a finding where no worker has run the stage that looks; `manage.py watch` is who notices."""
    seen = stages.last_look("alarms")
    if seen is None:
        yield Found("No worker has run a stage yet.")
    elif now - seen > stages.ASLEEP_AFTER:
        yield Found(f"No worker has looked for {span(now - seen)}; the limit is {span(stages.ASLEEP_AFTER)}.")


def disk(now: datetime) -> Iterator[Found]:
    """Yield a finding where one of our folders has little room left."""
    for name, folder in {"data": settings.DATA, "anchors": settings.ANCHORS}.items():
        if folder.exists() and (free := free_mb(folder)) < settings.ALARM_DISK_FREE_MB:
            yield Found(f"{free:,} MB are free in the folder; the limit is {settings.ALARM_DISK_FREE_MB:,} MB.", name)


def free_mb(folder: object) -> int:
    """Return how many whole megabytes may still be written there."""
    return shutil.disk_usage(str(folder)).free // 2**20


def _filled_at() -> datetime | None:
    """Return when the demo world was filled: what came before was sent with the time of the story."""
    path = settings.DATA / "demo.json"
    if not settings.DEMO or not path.exists():
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _waits(oldest: datetime | None, now: datetime, most: timedelta, what: str) -> Iterator[Found]:
    if oldest is not None and now - oldest > most:
        yield Found(f"{what} has waited {span(now - oldest)}; the limit is {span(most)}.")
