"""Things that are wrong now: one open row per key, however often it is noticed."""

from __future__ import annotations

from datetime import datetime

from tscore.core.db import rows
from tscore.core.models import Alarm

RAISE_SQL = """
INSERT INTO core_alarm (key, severity, since, last_seen_at, detail, runbook)
VALUES (%(key)s, %(severity)s, %(now)s, %(now)s, %(detail)s, %(runbook)s)
ON CONFLICT (key) WHERE cleared_at IS NULL DO UPDATE SET
    severity = excluded.severity, detail = excluded.detail, runbook = excluded.runbook,
    last_seen_at = greatest(core_alarm.last_seen_at, excluded.last_seen_at)"""


def raise_alarm(key: str, severity: str, detail: str, now: datetime, runbook: str = "") -> None:
    """Open the alarm, or note that it is still so. Joins the caller's transaction if there is one."""
    rows(RAISE_SQL, {"key": key, "severity": severity, "detail": detail, "now": now, "runbook": runbook})


def clear(key: str, now: datetime) -> bool:
    """Close the open alarm of that key; return whether there was one."""
    return bool(Alarm.objects.filter(key=key, cleared_at=None).update(cleared_at=now))
