"""How an action reaches the marketplace: a Standard Webhook. A call has three results: success, failure, unknown."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import urllib3
from django.conf import settings
from standardwebhooks import Webhook

from cases.models import Action

CONNECT_S: Final = 3.0
READ_S: Final = 15.0
ASK_S: Final = 5.0
LONGEST_ANSWER: Final = 64 * 1024
LONGEST_WAIT: Final = timedelta(hours=1)

# Nothing was sent: the connection itself was never made.
NOT_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class Result(StrEnum):
    """What a call said.

    `retry` = surely not applied, try again; `unknown` = perhaps applied, ask before trying again; `absent` = asked, and
    the id never came through.
    """

    APPLIED = "applied"
    REFUSED = "refused"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one call, with the marketplace's answer or our sentence about it."""

    result: Result
    answer: dict[str, Any] | None = None
    error: str = ""
    retry_after: timedelta | None = None
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire; `content` is None where it is no JSON object of at most 64 KiB."""

    status: int
    content: dict[str, Any] | None
    retry_after: str


def payload(action: Action) -> bytes:
    """Return the body that asks for an action: the same bytes on every attempt."""
    decision = action.decision
    decided_at = decision.decided_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = {
        "action": action.public_id,
        "kind": action.kind,
        "target": {"kind": action.entity.kind, "id": action.entity.external_id},
        "parameters": action.parameters,
        "reverses": action.reverses.public_id if action.reverses else None,
        "case": decision.case.ref,
        "policy": str(decision.policy),
        "actor": decision.actor.pseudonym,
        "decided_at": decided_at,
    }
    return json.dumps({"type": "action.requested", "timestamp": decided_at, "data": data}).encode()


def send(*, public_id: str, body: bytes) -> Outcome:
    """Ask the marketplace for an effect; must not run inside a transaction."""
    try:
        reply = _call("POST", "/actions", public_id=public_id, body=body, read_s=READ_S)
    except NOT_SENT:
        return Outcome(Result.RETRY, error="The marketplace cannot be reached.")
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return Outcome(Result.UNKNOWN, error=f"No answer came back ({type(error).__name__}).")
    return _judge(reply, public_id)


def ask(*, public_id: str) -> Outcome:
    """Ask what became of an action that was sent before; anything but a clear answer stays unknown."""
    try:
        reply = _call("GET", f"/actions/{quote(public_id, safe='')}", public_id=public_id, body=b"", read_s=ASK_S)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return Outcome(Result.UNKNOWN, error=f"The marketplace cannot be asked ({type(error).__name__}).")
    if reply.status == 404:
        return Outcome(Result.ABSENT)
    if reply.status == 200:
        return _answered(reply.content, public_id)
    return Outcome(Result.UNKNOWN, error=f"Asked for the outcome, the marketplace answers {reply.status}.")


def _judge(reply: Reply, public_id: str) -> Outcome:
    """Read the answer to a request. A failure inside the marketplace, or behind a proxy, may follow the effect."""
    said, wait = f"The marketplace answers {reply.status}.", _wait(reply.retry_after)
    if reply.status == 200:
        return _answered(reply.content, public_id)
    if reply.status == 202:
        return Outcome(Result.UNKNOWN, error="The marketplace took the action; its effect is still to come.")
    if reply.status in {408, 429} or 300 <= reply.status < 400:
        return Outcome(Result.RETRY, error=said, retry_after=wait)
    if 400 <= reply.status < 500:
        detail = str((reply.content or {}).get("detail", ""))[:300]
        return Outcome(Result.FAILED, error=f"{said} {detail}".strip(), pauses=reply.status == 410)
    return Outcome(Result.UNKNOWN, error=said, retry_after=wait)


def _answered(content: dict[str, Any] | None, public_id: str) -> Outcome:
    if content is not None and content.get("action") == public_id:
        if content.get("result") in {"applied", "already_applied"}:
            return Outcome(Result.APPLIED, answer=_kept(content))
        if content.get("result") == "refused":
            return Outcome(Result.REFUSED, answer=_kept(content), error=str(content.get("reason", ""))[:300])
    return Outcome(Result.UNKNOWN, error="The marketplace's answer cannot be read.")


def _kept(content: dict[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in ("result", "before", "after", "reason") if name in content}


def _wait(retry_after: str) -> timedelta | None:
    """Return the wait a marketplace asks for in whole seconds; dates and nonsense are ignored."""
    if not (retry_after.isascii() and retry_after.isdigit()) or len(retry_after) > 9:
        return None
    return min(timedelta(seconds=int(retry_after)), LONGEST_WAIT)


def _call(method: str, path: str, *, public_id: str, body: bytes, read_s: float) -> Reply:
    end = time.monotonic() + CONNECT_S + read_s
    response = _pool().request(
        method,
        settings.MARKETPLACE_URL.rstrip("/") + path,
        body=body or None,
        headers=_headers(public_id, body),
        timeout=urllib3.Timeout(connect=CONNECT_S, read=read_s),
        retries=False,
        redirect=False,
        preload_content=False,
    )
    try:
        content = _content(response, end)
        return Reply(response.status, content, response.headers.get("Retry-After", ""))
    finally:
        # What was not read to its end cannot be used again.
        response.close()


def _content(response: urllib3.BaseHTTPResponse, end: float) -> dict[str, Any] | None:
    """Return the JSON object of the answer; give up on a body that is too long, and as unknown on one that trickles."""
    read = b""
    while len(read) <= LONGEST_ANSWER:
        piece = response.read1(LONGEST_ANSWER)
        if not piece:
            return _object(read)
        read += piece
        if time.monotonic() > end:
            raise TimeoutError
    return None


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _headers(public_id: str, body: bytes) -> dict[str, str]:
    # The marketplace refuses old timestamps, so this one is the real clock's, whatever time it is in a demo world.
    stamp = datetime.now(UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": "tscore",
        "webhook-id": public_id,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": Webhook(settings.WEBHOOK_SECRET).sign(public_id, stamp, body.decode()),
    }


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=2, maxsize=20)
