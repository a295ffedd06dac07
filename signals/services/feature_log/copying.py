"""Copy logged values into the feature log: append-only, each event's once, files whole or not at all.

Which events a file holds is stored before it is written, so that whoever repeats the work after a crash writes the same
file again: nothing is lost, nothing is there twice.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings

from signals.models import FeaturePart
from signals.services.feature_log import files, statements
from tscore.core import alarms, work
from tscore.core.crashpoints import crashpoint
from tscore.core.db import in_transaction

logger = logging.getLogger(__name__)


def copy_pending(*, limit: int, now: datetime) -> int:
    """Write one part of the log; return how many events it has.

    * A part is begun once `limit` events wait, or the first of them has waited for FEATURE_LOG_WAIT_S.
    * One that cannot be written (no room) is tried again, ever more rarely; no other is begun meanwhile.
    * Days older than FEATURE_LOG_KEPT_DAYS are removed when there is nothing to write.
    """
    part = _leased(now) or _begun(limit, now)
    if part is None:
        _forget_old(now)
        return 0
    try:
        rows = _write(part, now)
    except Exception as error:
        logger.exception("Part %s of the feature log cannot be written", part.pk)
        text = f"{type(error).__name__}: {error}"
        work.release([part], next_at=now + work.back_off(part.attempts), error=text)
        alarms.raise_alarm("feature_log:failing", "medium", f"Part {part.pk}: {text[:500]}", now)
        return 0
    crashpoint("feature_log.settled")
    return rows


def _leased(now: datetime) -> FeaturePart | None:
    return next(iter(work.lease(FeaturePart.objects.filter(written_at__isnull=True), limit=1, now=now)), None)


def _begun(limit: int, now: datetime) -> FeaturePart | None:
    if FeaturePart.objects.filter(written_at__isnull=True).exists():
        return None
    count, since = statements.waiting()
    if since is None or (count < limit and since > now - settings.FEATURE_LOG_WAIT):
        return None
    in_transaction(lambda: statements.plan(most=limit, now=now))
    crashpoint("feature_log.planned")
    return _leased(now)


def _write(part: FeaturePart, now: datetime) -> int:
    mark = str(part.fence)
    written = [
        files.write(settings.FEATURE_LOG, part.pk, day, pieces, mark=mark)
        for day, pieces in statements.days_of(part.event_ids)
    ]
    crashpoint("feature_log.written")
    in_transaction(lambda: statements.settle(part, written, now))
    return len(part.event_ids)


def _forget_old(now: datetime) -> None:
    if settings.FEATURE_LOG_KEPT:
        files.forget_before(settings.FEATURE_LOG, (now.astimezone(UTC) - settings.FEATURE_LOG_KEPT).date())
