"""A console with very many open cases: a small demo world through the real stages, then copied by the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import connections

from cases.models import Case, Queue
from signals.models import AbuseType
from signals.services import ingest
from signals.services.intake.entities import aad
from tscore import pipeline
from tscore.core import crypto, db, ids
from tscore.demo import filler, world

SQL = Path(__file__).with_suffix(".sql")
SCALE = 0.1
POOL = 25_000  # of each kind
POOL_KINDS = ("device", "ip", "card", "email")
TABLES = "entity event involvement link personaltext personalvalue signal signalevent"
ONE = "one"  # the queue of a single case

_POOL = """
INSERT INTO signals_entity (kind, external_id, ref, attributes, first_seen_at, last_seen_at)
SELECT kind, name, ref, '{}', %s, %s FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (kind, name, ref)"""
_POOL_VALUES = """
INSERT INTO signals_personalvalue (entity_id, ciphertext, key_id)
SELECT entity.id, decode(sealed, 'hex'), %s
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (kind, name, sealed)
  JOIN signals_entity entity ON entity.kind = given.kind AND entity.external_id = name"""


def make(*, cases: int, now: datetime, scale: float = SCALE, pool: int = POOL) -> None:
    """Fill an empty, migrated database with this many open cases, copies of those of a world of this scale."""
    play(scale=scale, now=now)
    _fill_pool(pool, now)
    as_owner(SQL.read_text(), {"cases": cases, "now": now})
    _open_queue_of_one(now)
    for table in (*(f"signals_{name}" for name in TABLES.split()), "cases_case", "cases_casesignal"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"VACUUM (FREEZE, ANALYZE) {table}")


def play(*, scale: float, now: datetime) -> int:
    """Send a demo world through ingest, scoring and correlation; return how many events it had."""
    events = world.build(seed="bench", epoch=now, scale=scale).events
    for part in filler.batches(events, filler.BATCH):
        at = datetime.fromisoformat(part[-1]["time"])
        ingest.ingest(source="demo", items=[json.dumps(event).encode() for event in part], received_at=at)
        for stage in ("score", "correlate"):
            pipeline.run_stage(stage, clock=lambda: at, budget_s=120)  # noqa: B023
    return len(events)


def _open_queue_of_one(now: datetime) -> None:
    """Open a queue in which one case waits, to compare its page with a full one."""
    model = Case.objects.filter(state="queued").select_related("queue").order_by("-priority").first()
    assert model is not None
    abuse_type = AbuseType.objects.create(slug=ONE, name="Alone", position=99)
    like = model.queue
    queue = Queue.objects.create(
        slug=ONE, name="Alone", position=99, abuse_type=abuse_type, subject_roles=like.subject_roles,
        due_minutes=like.due_minutes, stake_rule=like.stake_rule, stake_unit_minor=like.stake_unit_minor,
    )  # fmt: skip
    Case.objects.create(
        entity=model.entity, abuse_type=abuse_type, queue=queue, state="queued", severity=model.severity,
        headline=model.headline, stake_minor=model.stake_minor, probability=model.probability, priority=0.0,
        due_at=model.due_at, opened_at=now,
    )  # fmt: skip


def _fill_pool(size: int, now: datetime) -> None:
    """Store attributes that accounts may share, the personal ones with their sealed values."""
    keys = [(kind, f"tok_pool{number:018}") for kind in POOL_KINDS for number in range(size)]
    values = [(*key, crypto.seal("192.0.2.7", aad(*key)).hex()) for key in keys if key[0] != "device"]
    db.rows(_POOL, [now, now, *_columns((*key, ids.keyed_ref("en", *key)) for key in keys)], using="owner")
    db.rows(_POOL_VALUES, [crypto.KEY_ID, *_columns(values)], using="owner")


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [db.array(column) for column in zip(*rows, strict=True)]


def as_owner(sql: str, terms: dict[str, object]) -> None:
    """Run a script in one transaction, with memory for its sorts."""
    settings = connections["owner"].get_connection_params()
    with psycopg.connect(
        **{name: settings[name] for name in ("host", "user", "dbname")}, cursor_factory=psycopg.ClientCursor
    ) as line:
        line.execute("SET LOCAL work_mem = '64MB'")
        line.execute("SET LOCAL synchronous_commit = off")
        line.execute(sql, terms)
