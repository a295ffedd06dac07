"""Things that are wrong now: one open row per key, however often it is noticed.

What is said about a row to the outside (webhook, mail) is written beside it, in the same transaction, and sent by a
stage of its own: `tscore.core.alarm_notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from tscore.core import audit, db
from tscore.core.db import rows
from tscore.core.errors import Missing
from tscore.core.models import Alarm, User
from tscore.core.verbs import Verb

WEBHOOK: Final = "webhook"
MAIL: Final = "mail"

# An inserted row has no xmax: that is how a new alarm is told from one that was seen again.
RAISE_SQL = """
WITH raised AS (
    INSERT INTO core_alarm (key, severity, since, last_seen_at, detail, runbook)
    VALUES (%(key)s, %(severity)s, %(now)s, %(now)s, %(detail)s, %(runbook)s)
    ON CONFLICT (key) WHERE cleared_at IS NULL DO UPDATE SET
        severity = excluded.severity, detail = excluded.detail, runbook = excluded.runbook,
        last_seen_at = greatest(core_alarm.last_seen_at, excluded.last_seen_at)
    RETURNING id, xmax = 0 AS is_new)
INSERT INTO core_alarmnotice (alarm_id, channel, event, created_at)
SELECT raised.id, channel, 'raised', %(now)s FROM raised, unnest(%(channels)s::text[]) AS channel WHERE raised.is_new"""

# Whoever was told that it began is told that it ended.
CLEAR_SQL = """
WITH cleared AS (
    UPDATE core_alarm SET cleared_at = %(now)s WHERE key = ANY(%(keys)s::text[]) AND cleared_at IS NULL RETURNING id),
noticed AS (
    INSERT INTO core_alarmnotice (alarm_id, channel, event, created_at)
    SELECT told.alarm_id, told.channel, 'cleared', %(now)s
    FROM cleared JOIN core_alarmnotice told ON told.alarm_id = cleared.id AND told.event = 'raised')
SELECT count(*) FROM cleared"""


def raise_alarm(key: str, severity: str, detail: str, now: datetime, runbook: str = "") -> None:
    """Open the alarm, or note that it is still so. Joins the caller's transaction if there is one."""
    terms = {"key": key, "severity": severity, "detail": detail, "now": now, "runbook": runbook}
    rows(RAISE_SQL, {**terms, "channels": channels()})


def clear(key: str, now: datetime) -> bool:
    """Close the open alarm of that key; return whether there was one."""
    return bool(clear_all([key], now))


def clear_all(keys: Sequence[str], now: datetime) -> int:
    """Close the open alarms of these keys; return how many there were."""
    return int(rows(CLEAR_SQL, {"keys": list(keys), "now": now})[0][0])


def acknowledge(*, alarm_id: int, actor: User, now: datetime) -> bool:
    """Write down that somebody looks after an open alarm; the first one counts. Return whether this was the first.

    Raises:
        Missing: there is no such alarm.
    """
    return db.in_transaction(lambda: _acknowledge(alarm_id, actor, now))


def channels() -> list[str]:
    """Return the ways out that are set up."""
    given = {WEBHOOK: settings.ALARM_WEBHOOK_URL, MAIL: settings.ALARM_MAIL_TO}
    return [channel for channel, address in given.items() if address]


def _acknowledge(alarm_id: int, actor: User, now: datetime) -> bool:
    alarm = db.lock(Alarm.objects).filter(pk=alarm_id).first()
    if alarm is None:
        raise Missing
    if alarm.acknowledged_by_id or alarm.cleared_at:
        return False
    alarm.acknowledged_by, alarm.acknowledged_at = actor, now
    alarm.save(update_fields=["acknowledged_by", "acknowledged_at"])
    audit.record(
        actor=actor, verb=Verb.ALARM_ACKNOWLEDGED, object_type="alarm", object_ref=alarm.key[:64], at=now
    )  # fmt: skip
    return True
