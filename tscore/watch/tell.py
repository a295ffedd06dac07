"""Tells the outside that an alarm began or ended: each message once a channel, under an id that never changes.

A notice is a row beside the alarm. It is leased, sent outside any transaction and settled by its fence; where it is not
known whether a message arrived it goes out again under the same id, because an alarm that nobody heard is worse.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from tscore.core import alarms, db, work
from tscore.core.models import AlarmNotice
from tscore.watch import channels
from tscore.watch.channels import NotTaken, NotWanted

logger = logging.getLogger(__name__)
GIVEN_UP_AFTER: Final = timedelta(days=3)
SENDERS: Final[dict[str, Callable[[channels.Message], None]]] = {
    alarms.WEBHOOK: channels.post,
    alarms.MAIL: channels.mail,
}

_SETTLE = """
UPDATE core_alarmnotice SET settled_at = %s, leased_until = NULL, last_error = %s
WHERE id = %s AND fence = %s RETURNING 1"""


class SentInTransaction(RuntimeError):
    """A network call inside a transaction would hold its locks for as long as somebody else likes."""


def tell(*, limit: int, now: datetime) -> int:
    """Send what is to be told and settle it, or try again later; return how many messages were handled."""
    held = work.lease(_due(), limit=limit, now=now)
    if not held:
        return 0
    notices = list(AlarmNotice.objects.filter(pk__in=[notice.pk for notice in held]).select_related("alarm"))
    for notice, error in _send_all(notices):
        _settle(notice, error, now)
    return len(held)


def _due() -> QuerySet[AlarmNotice]:
    """Return what is unsettled; that an alarm ended is told after that it began."""
    beginning = AlarmNotice.objects.filter(
        alarm=OuterRef("alarm"), channel=OuterRef("channel"), event="raised", settled_at=None
    )
    return AlarmNotice.objects.filter(settled_at=None).exclude(Exists(beginning), event="cleared")


def _send_all(notices: Sequence[AlarmNotice]) -> list[tuple[AlarmNotice, Exception | None]]:
    if db.in_a_transaction():
        raise SentInTransaction
    with ThreadPoolExecutor(max_workers=len(notices), thread_name_prefix="tell") as pool:
        return list(zip(notices, pool.map(_send, notices), strict=True))


def _send(notice: AlarmNotice) -> Exception | None:
    """Send one message; this thread asks no database."""
    send = SENDERS.get(notice.channel)
    if send is None or notice.channel not in alarms.channels():
        return NotWanted("This channel is not set up any more.")
    try:
        send(channels.message(notice.alarm, notice.event))
    except Exception as error:  # whatever the other side and its library think of
        return error
    return None


def _settle(notice: AlarmNotice, error: Exception | None, now: datetime) -> None:
    text = f"{type(error).__name__}: {error}"[:500] if error else ""
    is_over = error is None or isinstance(error, NotWanted) or now - notice.created_at > GIVEN_UP_AFTER
    if error is not None:
        logger.warning("%s was not told by %s: %s", notice.alarm.key, notice.channel, text)
    if is_over:
        db.rows(_SETTLE, [now, text, notice.pk, notice.fence])
    else:
        wait = (
            error.retry_after if isinstance(error, NotTaken) and error.retry_after else work.back_off(notice.attempts)
        )
        work.release([notice], next_at=now + wait, error=text)
