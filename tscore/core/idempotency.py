"""Answers already given: the same key and body get the same answer, whatever was lost on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

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
    digest, number = hashlib.sha256(request).digest(), _lock_number(actor, key)
    taken = _take(key, actor, digest, now, number)
    try:
        if bytes(taken.request_hash) != digest:
            raise KeyReused
        if taken.status is not None:
            return taken.status, taken.ref or {}
        return _run(taken.id, run)
    finally:
        if not in_a_transaction():
            rows("SELECT pg_advisory_unlock(%s)", [number])


class _Taken(NamedTuple):
    """The row of a command that nobody else runs now; `status` is null where it was not answered yet."""

    id: int
    request_hash: bytes
    status: int | None
    ref: dict[str, Any] | None


# One round trip: take the lock, claim the key if it is new, read the answer if it is not. The lock ends with the
# process, so that a crash never leaves a command "running" for ever.
_TAKE_SQL = """
WITH door AS MATERIALIZED (SELECT pg_try_advisory_{scope}lock(%(number)s) AS is_open),
claimed AS (
    INSERT INTO core_idempotencykey (key, actor, request_hash, created_at)
    SELECT %(key)s, %(actor)s, %(digest)s, %(now)s FROM door WHERE is_open
    ON CONFLICT (actor, key) DO NOTHING RETURNING id, request_hash, status, ref),
known AS (
    SELECT * FROM claimed UNION ALL
    SELECT id, request_hash, status, ref FROM core_idempotencykey
    WHERE actor = %(actor)s AND key = %(key)s AND NOT EXISTS (SELECT FROM claimed))
SELECT door.is_open, known.* FROM door LEFT JOIN known ON true"""


def _take(key: str, actor: str, digest: bytes, now: datetime, number: int) -> _Taken:
    sql = _TAKE_SQL.format(scope="xact_" if in_a_transaction() else "")
    terms = {"key": key, "actor": actor, "digest": digest, "now": now, "number": number}
    [(is_open, pk, request_hash, status, ref)] = rows(sql, terms)
    if not is_open:
        raise InFlight
    if pk is None:  # answered and committed between our snapshot and our lock: a new statement sees it
        known = IdempotencyKey.objects.get(actor=actor, key=key)
        return _Taken(known.pk, bytes(known.request_hash), known.status, known.ref)
    return _Taken(pk, request_hash, status, json.loads(ref) if isinstance(ref, str) else ref)


def _run(pk: int, run: Callable[[], Answer]) -> Answer:
    kept = IdempotencyKey.objects.filter(pk=pk)
    try:
        status, ref = run()
    except OutcomeUnknown:
        raise  # it may have happened: the row stays, so that only the same request can follow
    except Exception:
        if not in_a_transaction():
            kept.delete()
        raise
    kept.update(status=status, ref=ref)
    return status, ref


def _lock_number(actor: str, key: str) -> int:
    digest = hashlib.sha256(f"idempotency\x1f{actor}\x1f{key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
