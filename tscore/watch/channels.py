"""The two ways out of an alarm: a Standard Webhook and a mail. Neither carries what a stranger or an event said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.core.mail import EmailMessage
from standardwebhooks import Webhook

from tscore.core.models import Alarm
from tscore.watch import table

CONNECT_S: Final = 3.0
READ_S: Final = 10.0
LONGEST_WAIT: Final = timedelta(hours=1)
_GONE: Final = 410


class NotTaken(Exception):
    """The other side did not take the message; it is tried again."""

    def __init__(self, words: str, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class NotWanted(Exception):
    """The other side wants no more messages, or nobody wants them sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: the id stays the same however often it is sent."""

    message_id: str
    event: str
    key: str
    severity: str
    title: str
    meaning: str
    todo: str
    detail: str
    since: datetime
    cleared_at: datetime | None
    runbook: str

    @property
    def url(self) -> str:
        """Return where it can be looked at."""
        return settings.CONSOLE_URL.rstrip("/") + "/status/"


def message(alarm: Alarm, event: str) -> Message:
    """Return what is told about an alarm.

    The detail of an alarm that was raised where it happened may quote an error, and an error may quote an event: only
    the sentences of our own checks go out.
    """
    declared = table.of_key(alarm.key)
    is_ours = declared is not None and declared.check is not None and alarm.runbook == declared.runbook
    return Message(
        message_id=f"alarm-{alarm.pk}-{event}",
        event=event,
        key=alarm.key,
        severity=declared.severity if declared else alarm.severity,
        title=declared.title if declared else "Something is wrong",
        meaning=declared.meaning if declared else "",
        todo=declared.todo if declared else "",
        detail=alarm.detail if is_ours else "",
        since=alarm.since,
        cleared_at=alarm.cleared_at if event == "cleared" else None,
        runbook=declared.runbook if declared else "",
    )


def post(told: Message) -> None:
    """Send a Standard Webhook: signed like actions, no redirects, 3 s to connect and 10 s for an answer."""
    body = json.dumps({"type": f"alarm.{told.event}", "timestamp": _instant(_moment(told)), "data": _data(told)})
    stamp = datetime.now(UTC)  # receivers refuse old timestamps, so each try has its own
    response = _pool().request(
        "POST",
        settings.ALARM_WEBHOOK_URL,
        body=body.encode(),
        headers={
            "Content-Type": "application/json",
            "User-Agent": "tscore",
            "webhook-id": told.message_id,
            "webhook-timestamp": str(int(stamp.timestamp())),
            "webhook-signature": Webhook(settings.ALARM_WEBHOOK_SECRET).sign(told.message_id, stamp, body),
        },
        timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
        retries=False,
        redirect=False,
        preload_content=False,
    )
    response.close()  # what it says is of no interest
    if response.status == _GONE:
        raise NotWanted("The receiver says that it is gone (410).")
    if not 200 <= response.status < 300:
        raise NotTaken(f"The receiver answers {response.status}.", _wait(response.headers.get("Retry-After", "")))


def mail(told: Message) -> None:
    """Send a mail; every try has the same Message-ID, by which mailboxes know it again."""
    verb = "Alarm" if told.event == "raised" else "Over"
    lines = [told.title, told.detail, "", f"Since {_words(told.since)}"]
    if told.cleared_at:
        lines.append(f"Over since {_words(told.cleared_at)}")
    lines += ["", told.meaning, *([told.todo] if told.event == "raised" else []), "", told.url, told.runbook, told.key]
    host = urlsplit(settings.CONSOLE_URL).hostname or "tscore"
    EmailMessage(
        subject=f"[{told.severity}] {verb}: {told.title}",
        body="\n".join(lines),
        to=settings.ALARM_MAIL_TO,
        headers={"Message-ID": f"<{told.message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()


def _data(told: Message) -> dict[str, Any]:
    return {
        "key": told.key,
        "severity": told.severity,
        "title": told.title,
        "meaning": told.meaning,
        "todo": told.todo,
        "detail": told.detail,
        "since": _instant(told.since),
        "cleared_at": _instant(told.cleared_at) if told.cleared_at else None,
        "url": told.url,
        "runbook": told.runbook,
    }


def _moment(told: Message) -> datetime:
    return told.cleared_at or told.since


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _words(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _wait(retry_after: str) -> timedelta | None:
    """Return the wait that a receiver asks for in whole seconds; dates and nonsense are ignored."""
    if not (retry_after.isascii() and retry_after.isdigit()) or len(retry_after) > 9:
        return None
    return min(timedelta(seconds=int(retry_after)), LONGEST_WAIT)


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=2, maxsize=10)
