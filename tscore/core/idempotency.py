"""Answers already given: the same key and body get the same answer, whatever was lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from tscore.core.db import OutcomeUnknown, in_a_transaction, rows
from tscore.core.errors import Conflict, FieldProblem, Invalid
from tscore.core.models import IdempotencyKey

Answer = tuple[int, dict[str, Any]]
LONGEST: Final = 255


class KeyNeeded(Invalid):
    """Send an Idempotency-Key header of 1 to 255 characters, the same one when you try again."""


class KeyReused(Invalid):
    """This idempotency key was used for another request. Use a new key for each request."""

    code = "key_reused"


class InFlight(Conflict):
    """The same request is still running. Ask again in a moment."""

    code = "in_flight"


def key_from(request: HttpRequest) -> str:
    """Return the key of an API request, or raise KeyNeeded."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= LONGEST:
        raise KeyNeeded(fields=[FieldProblem("Idempotency-Key", "missing", "1 to 255 characters")])
    return key


def once(*, key: str, actor: str, request: bytes, now: datetime, run: Callable[[], Answer]) -> Answer:
    """Run a command at most once for (actor, key); return its answer, or the one given the first time.

    `request` is the canonical form of everything that makes the command. A command that fails leaves no trace, so
    that it may be corrected and sent again. Inside a caller's transaction answer and effect commit together; outside
    one the command must be safe against a crash between its own commit and the keeping of the answer.

    Raises:
        KeyReused: the key was used with another request.
        InFlight: the same command is running now.
    """
    with _alone(actor, key):
        row = _claim(key, actor, hashlib.sha256(request).digest(), now)
        if row.status is not None:
            return row.status, row.ref or {}
        try:
            status, ref = run()
        except OutcomeUnknown:
            raise  # it may have happened: the row stays, so that only the same request can follow
        except Exception:
            if not in_a_transaction():
                row.delete()
            raise
        IdempotencyKey.objects.filter(pk=row.pk).update(status=status, ref=ref)
        return status, ref


@contextmanager
def _alone(actor: str, key: str) -> Iterator[None]:
    """Hold a lock that ends with the process, so that a crash never leaves a command "running" for ever."""
    number = int.from_bytes(hashlib.sha256(f"idempotency\x1f{actor}\x1f{key}".encode()).digest()[:8], signed=True)
    scope = "xact_" if in_a_transaction() else ""
    [(is_alone,)] = rows(f"SELECT pg_try_advisory_{scope}lock(%s)", [number])
    if not is_alone:
        raise InFlight
    try:
        yield
    finally:
        if not scope:
            rows("SELECT pg_advisory_unlock(%s)", [number])


def _claim(key: str, actor: str, request_hash: bytes, now: datetime) -> IdempotencyKey:
    row, _ = IdempotencyKey.objects.get_or_create(
        actor=actor, key=key, defaults={"request_hash": request_hash, "created_at": now}
    )
    if bytes(row.request_hash) != request_hash:
        raise KeyReused
    return row
