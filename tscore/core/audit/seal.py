"""Give committed audit rows their place in the hash chain, and sign the head of the chain now and then.

Chaining inside the business transaction would make every writer wait for every other; here one sealer at a time takes
whatever is committed. A row that commits late simply comes later: `seq` has no gaps and says nothing about `id`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tscore.core.audit import verify
from tscore.core.db import dicts, in_transaction, rows
from tscore.core.models import AuditCheckpoint

SEALER: Final = "sealer"
CHECKPOINT_EVERY: Final = timedelta(minutes=1)
LOCK: Final = 0x5EA1  # any fixed number; advisory locks of the console are listed beside their users

# PostgreSQL writes every column as text or number, so that whoever checks needs no idea of our types.
COLUMNS_SQL: Final = """id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor_id, actor_name,
    on_behalf_of, verb, object_type, object_ref, before::text AS before, after::text AS after, reason, request_id,
    host(ip) AS ip"""
UNSEALED_SQL: Final = f"SELECT {COLUMNS_SQL} FROM core_auditevent WHERE seq IS NULL ORDER BY id LIMIT %s"
HEAD_SQL: Final = "SELECT seq, hash FROM core_auditevent WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
SEAL_SQL: Final = """
UPDATE core_auditevent SET seq = place.seq, previous_hash = place.previous, hash = place.hash
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[]) AS place (id, seq, previous, hash)
WHERE core_auditevent.id = place.id AND core_auditevent.seq IS NULL"""


def seal_pending(*, limit: int, now: datetime) -> int:
    """Chain up to `limit` committed rows and sign the head at most once a minute; return how many were chained."""
    return in_transaction(lambda: _seal_alone(limit, now), using=SEALER)


def checkpoint(*, now: datetime) -> AuditCheckpoint | None:
    """Sign the head of the chain now; return the newest checkpoint, or None where nothing is sealed yet."""
    return in_transaction(lambda: _sign_head(now), using=SEALER)


def public_key() -> bytes:
    """Return the 32 bytes that a checker needs."""
    return _private_key().public_key().public_bytes_raw()


def anchors_path() -> Path:
    """Return where the copies of checkpoints outside the database lie."""
    return settings.ANCHORS / "checkpoints.jsonl"


def as_mapping(point: AuditCheckpoint) -> dict[str, Any]:
    """Return a checkpoint in the form of the outside file."""
    return {
        "seq": point.seq,
        "hash": bytes(point.hash).hex(),
        "at": _instant(point.at),
        "key_id": point.key_id,
        "signature": bytes(point.signature).hex(),
    }


def _seal_alone(limit: int, now: datetime) -> int:
    [(is_alone,)] = rows("SELECT pg_try_advisory_xact_lock(%s)", [LOCK], using=SEALER)
    if not is_alone:
        return 0
    pending = dicts(UNSEALED_SQL, [limit], using=SEALER)
    if pending:
        _chain(pending)
    if _is_checkpoint_due(now):
        _sign_head(now)
    return len(pending)


def _chain(pending: Sequence[Mapping[str, Any]]) -> None:
    seq, previous = _head()
    places: list[tuple[int, int, bytes, bytes]] = []
    for row in pending:
        seq += 1
        digest = verify.chain_hash(previous, verify.leaf_hash(row))
        places.append((row["id"], seq, previous, digest))
        previous = digest
    rows(SEAL_SQL, [list(column) for column in zip(*places, strict=True)], using=SEALER)


def _head() -> tuple[int, bytes]:
    found = rows(HEAD_SQL, using=SEALER)
    return (found[0][0], bytes(found[0][1])) if found else (0, verify.GENESIS)


def _is_checkpoint_due(now: datetime) -> bool:
    newest = AuditCheckpoint.objects.using(SEALER).order_by("-seq").first()
    return newest is None or (now - newest.at >= CHECKPOINT_EVERY and newest.seq < _head()[0])


def _sign_head(now: datetime) -> AuditCheckpoint | None:
    rows("SELECT pg_advisory_xact_lock(%s)", [LOCK], using=SEALER)
    seq, digest = _head()
    if not seq:
        return None
    known = AuditCheckpoint.objects.using(SEALER).filter(seq=seq).first()
    if known:
        return known
    point = AuditCheckpoint(seq=seq, hash=digest, at=now, key_id=_key_id(), signature=_sign(seq, digest, now))
    # Outside first: a copy without a row still proves what was signed, a row without a copy proves nothing.
    _append(json.dumps(as_mapping(point), sort_keys=True))
    point.save(using=SEALER, force_insert=True)
    return point


def _sign(seq: int, digest: bytes, at: datetime) -> bytes:
    said = verify.statement(seq=seq, digest=digest.hex(), at=_instant(at), key_id=_key_id())
    return _private_key().sign(said)


def _append(line: str) -> None:
    path = anchors_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY)


@cache
def _key_id() -> str:
    return hashlib.sha256(public_key()).hexdigest()[:16]
