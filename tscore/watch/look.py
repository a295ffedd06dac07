"""The stages that look whether all is well: they raise alarms and end them. Their work is no row, so they return 0."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import InterfaceError, OperationalError

from tscore.core import alarms, counts
from tscore.core.db import rows
from tscore.core.models import Alarm
from tscore.watch import stages
from tscore.watch.checks import asleep
from tscore.watch.table import LOOK, LOOK_AHEAD, TABLE, Declared

logger = logging.getLogger(__name__)
WATCH: Final = "watch"
LOCK: Final = 0xA1A2  # one looks at a time: a slow look must not end what a later one raised


def look(*, limit: int, now: datetime) -> int:
    """Compare everything that is cheap to know with its limits."""
    return _look(LOOK, now)


def look_ahead(*, limit: int, now: datetime) -> int:
    """Forecast the queues, which means counting them."""
    return _look(LOOK_AHEAD, now)


def watch(*, now: datetime) -> bool:
    """Look in the workers' place where they have not for a while; return whether that was so."""
    if not any(asleep(now)):
        return False
    _look(WATCH, now)
    return True


def _look(stage: str, now: datetime) -> int:
    with _alone(stage) as is_alone:
        if is_alone:
            if stage != WATCH:
                stages.note(stage, handled=0, seconds=0.0, now=now)
            for declared in TABLE:
                if declared.stage == (LOOK if stage == WATCH else stage):
                    _compare(declared, now)
            counts.note_alarms(count=Alarm.objects.filter(cleared_at=None).count(), looked_at=time.time())
    return 0


def _compare(declared: Declared, now: datetime) -> None:
    """Raise what is found, and end what was found before and is calm now."""
    failed = f"watch:{declared.pattern.rstrip('*:')}"
    try:
        found = {declared.key(one): one for one in declared.check(now)} if declared.check else {}
    except (OperationalError, InterfaceError):
        raise  # the database itself: nothing can be written down
    except Exception as error:
        logger.exception("the check of %s failed", declared.pattern)
        alarms.raise_alarm(failed, "medium", f"The check of {declared.pattern} failed: {type(error).__name__}.", now)
        return
    for key, one in found.items():
        alarms.raise_alarm(key, declared.severity, one.detail, now, declared.runbook)
    _end(declared, set(found), now)


def _end(declared: Declared, found: set[str], now: datetime) -> None:
    if declared.calm is None:
        return
    quiet = Alarm.objects.filter(cleared_at=None, last_seen_at__lte=now - declared.calm)
    over = [key for key in quiet.values_list("key", flat=True) if declared.covers(key) and key not in found]
    if over:
        alarms.clear_all(over, now)


@contextmanager
def _alone(stage: str) -> Iterator[bool]:
    number = LOCK + (stage == LOOK_AHEAD)
    [(is_alone,)] = rows("SELECT pg_try_advisory_lock(%s)", [number])
    try:
        yield is_alone
    finally:
        if is_alone:
            rows("SELECT pg_advisory_unlock(%s)", [number])
