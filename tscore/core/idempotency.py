"""Answers already given: the same key and body get the same answer, whatever was lost on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from tscore.core.crashpoints import crashpoint
from tscore.core.db import OutcomeUnknown, in_any_transaction, in_transaction, prepared, rows
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

    Key, effect and answer commit in one transaction, the caller's or one of its own: a crash leaves all or nothing.
    `request` is the canonical form of everything that makes the command. `run` joins the transaction and may be started
    again where the database asks for it; where it fails, nothing stays, so that it may be corrected and sent again.

    Raises:
        KeyReused: the key was used with another request.
        InFlight: the same command is running now.
    """

    def taken_and_run() -> Answer:
        taken = _take(key, actor, request, now, scope="xact_")
        return _known(taken) or _keep(taken.id, run())

    answer = in_any_transaction(taken_and_run)
    crashpoint("once.committed")
    return answer


def add(*, key: str, actor: str, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Take the next step of a command that `once` answered and add it to the answer, both in a transaction of its own.

    For a step that must not undo the first one. Whoever repeats the command calls this only where the answer lacks
    what the step adds; of two who take it at the same time, one does and both get its answer.
    """
    known = IdempotencyKey.objects.filter(actor=actor, key=key)
    terms = {"actor": actor, "key": key}

    def taken_and_kept() -> dict[str, Any]:
        more = run()
        changed = rows(_ADD_SQL, {**terms, "names": list(more), "more": json.dumps(more)})
        if not changed:
            raise _AddedAlready
        return dict(json.loads(changed[0][0]))

    try:
        answer = in_transaction(taken_and_kept)
    except _AddedAlready:
        return dict(known.get().ref or {})
    crashpoint("once.added")
    return answer


def once_long(
    *,
    key: str,
    actor: str,
    request: bytes,
    now: datetime,
    run: Callable[[], Answer],
    find: Callable[[], Answer | None],
) -> Answer:
    """Do the same for a command that takes too long for one transaction.

    `find` rebuilds the answer from what the command recorded when it was carried out, or returns None: that is how the
    answer is known although the process died before it was kept.
    """
    number = _lock_number(actor, key)
    taken = _take(key, actor, request, now, scope="")
    try:
        return _known(taken) or _keep(taken.id, find() or _run(taken.id, run))
    finally:
        prepared("SELECT pg_advisory_unlock(%s)", [number])


# The oldest rows have the smallest ids: the primary key finds them, and no index of its own is needed.
_FORGET_SQL = """
WITH oldest AS MATERIALIZED (SELECT id, created_at FROM core_idempotencykey ORDER BY id LIMIT %(limit)s)
DELETE FROM core_idempotencykey kept USING oldest WHERE kept.id = oldest.id AND oldest.created_at < %(before)s
RETURNING kept.id"""


def forget_old(*, limit: int, now: datetime) -> int:
    """Delete the oldest answers that nobody asks for again; return how many."""
    terms = {"limit": limit, "before": now - settings.ANSWERS_KEPT}
    return in_transaction(lambda: len(rows(_FORGET_SQL, terms)))


class _AddedAlready(Exception):
    """Somebody else took the step first; what we did is rolled back."""


class _Taken(NamedTuple):
    """The row of a command that nobody else runs now; without an answer where it was not carried out yet."""

    id: int
    is_same: bool
    answer: Answer | None


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


# Nothing is added twice: who comes second waits for the row, then finds the names taken.
_ADD_SQL = """
UPDATE core_idempotencykey SET ref = coalesce(ref, '{}') || %(more)s::jsonb
WHERE actor = %(actor)s AND key = %(key)s AND NOT coalesce(ref, '{}') ?| %(names)s::text[] RETURNING ref::text"""


def _take(key: str, actor: str, request: bytes, now: datetime, *, scope: str) -> _Taken:
    digest, number = hashlib.sha256(request).digest(), _lock_number(actor, key)
    terms = {"key": key, "actor": actor, "digest": digest, "now": now, "number": number}
    [(is_open, pk, request_hash, status, ref)] = prepared(_TAKE_SQL.format(scope=scope), terms)
    if not is_open:
        raise InFlight
    if pk is None:  # answered and committed between our snapshot and our lock: a new statement sees it
        known = IdempotencyKey.objects.get(actor=actor, key=key)
        pk, request_hash, status, ref = known.pk, known.request_hash, known.status, known.ref
    answer = json.loads(ref) if isinstance(ref, str) else ref
    return _Taken(pk, bytes(request_hash) == digest, None if status is None else (status, answer or {}))


def _known(taken: _Taken) -> Answer | None:
    if not taken.is_same:
        raise KeyReused
    return taken.answer


def _keep(pk: int, answer: Answer) -> Answer:
    status, ref = answer
    IdempotencyKey.objects.filter(pk=pk).update(status=status, ref=ref)
    return answer


def _run(pk: int, run: Callable[[], Answer]) -> Answer:
    try:
        return run()
    except OutcomeUnknown:
        raise  # it may have happened: the row stays, so that only the same request can follow
    except Exception:
        IdempotencyKey.objects.filter(pk=pk).delete()
        raise


def _lock_number(actor: str, key: str) -> int:
    digest = hashlib.sha256(f"idempotency\x1f{actor}\x1f{key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
