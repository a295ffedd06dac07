"""Rows that are work: lease a batch, give it back, wait longer after each failure, wake a worker.

A lease is `leased_until` by the database clock and `fence` + 1. Whoever settles a row does so `WHERE fence = mine`, so
that a worker which slept through its lease changes nothing.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from celery import Celery
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Field, Q, QuerySet
from django.db.models.functions import Now

from tscore.core.db import in_transaction, prepared, rows
from tscore.core.models import WorkRow

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=WorkRow)

LONGEST_WAIT: Final = timedelta(hours=1)
WAKE_EXPIRES_S: Final = 5
MUTE_S: Final = 5.0


def lease(queryset: QuerySet[Row], *, limit: int, now: datetime | None = None) -> list[Row]:
    """Take up to `limit` free rows for `settings.WORK_LEASE`, passing over rows that others hold; return them by id.

    Opens its own transaction. With `now`, rows whose `next_at` lies ahead are left alone. The queryset's order says
    which rows come first.
    """
    free = queryset.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=Now()))
    if now is not None:
        free = free.filter(Q(next_at__isnull=True) | Q(next_at__lte=now))
    if not free.query.order_by:
        free = free.order_by("pk")
    return in_transaction(lambda: _take(free, limit))


def release(held: Sequence[WorkRow], *, next_at: datetime | None = None, error: str = "") -> int:
    """Give rows back that this worker still holds; return how many it still held."""
    if not held:
        return 0
    table = type(held[0])._meta.db_table
    done = rows(
        f"""{mine_sql(table)}
        UPDATE "{table}" AS work SET leased_until = NULL, next_at = coalesce(%s, next_at), last_error = %s
        FROM mine WHERE work.id = mine.id RETURNING 1""",
        [*by_fence(held), next_at, error[:2000]],
    )
    return len(done)


def mine_sql(table: str, *, only: str = "true") -> str:
    """Return the beginning of a statement that locks the rows a worker still holds, by id; its values are `by_fence`.

    Args:
        only: a condition on the row, `work`.
    """
    return f"""WITH mine AS MATERIALIZED (
      SELECT work.id FROM "{table}" AS work
        JOIN unnest(%s::bigint[], %s::int[]) AS given (id, fence) ON work.id = given.id AND work.fence = given.fence
       WHERE {only} ORDER BY work.id FOR NO KEY UPDATE OF work)"""


def by_fence(held: Sequence[WorkRow]) -> list[list[int]]:
    """Return ids and fences of rows as two columns."""
    return [[row.pk for row in held], [row.fence for row in held]]


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after the given number of tries: 1 s, doubling up to 1 h, minus up to half by chance."""
    longest = min(timedelta(seconds=2 ** min(max(attempts, 1) - 1, 12)), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1)


def wake(stage: str) -> None:
    """Ask a worker to look now, once the running transaction has committed; a lost wake costs one tick."""
    transaction.on_commit(lambda: _bell().ring(stage))


# Chosen once, before anything changes: a subquery in WHERE may be evaluated again after a concurrent change and
# over-lease. The array is read by key, however small the planner believes the table to be.
_TAKE_SQL = """
WITH chosen (id) AS MATERIALIZED ({chosen})
UPDATE "{table}" AS work SET leased_until = statement_timestamp() + %s, fence = fence + 1, attempts = attempts + 1
WHERE id = ANY(ARRAY(SELECT id FROM chosen)) RETURNING {columns}"""


def _take(free: QuerySet[Row], limit: int) -> list[Row]:
    model = free.model
    chosen = free.select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)[:limit]
    sql, params = chosen.query.get_compiler(free.db).as_sql()
    fields = _loaded(free)
    columns = ", ".join(f'work."{field.column}"' for field in fields)
    statement = _TAKE_SQL.format(chosen=sql, table=model._meta.db_table, columns=columns)
    names = [field.attname for field in fields]
    found = prepared(statement, [*params, settings.WORK_LEASE], using=free.db)
    taken = [model.from_db(free.db, names, _converted(fields, values, free.db)) for values in found]
    return sorted(taken, key=lambda row: row.pk)


def _loaded(free: QuerySet[Row]) -> list[Field[Any, Any]]:
    """Return the fields that the caller did not leave out."""
    named, left_out = free.query.deferred_loading
    return [
        field for field in free.model._meta.concrete_fields if field.primary_key or (field.name in named) != left_out
    ]


def _converted(fields: Sequence[Field[Any, Any]], values: Sequence[Any], using: str) -> list[Any]:
    """Return values as the ORM would read them; plain SQL hands JSON through as text."""
    connection = connections[using]
    return [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]


def get_ready() -> None:
    """Load what wakes are sent with, without talking to the broker; otherwise a server's first request waits for it."""
    app = _bell().app
    app.finalize()
    _ = app.amqp.routes, app.connection_for_write().transport


class _Bell:
    """Sends wakes; falls silent for some seconds after a failure, so that a dead broker slows nobody down."""

    def __init__(self) -> None:
        # Not the app of tscore.celery: the floor must not know it, and a wake needs only the broker's address.
        self.app = Celery("tscore.wake", broker=settings.BROKER_URL, set_as_current=False)
        self.app.conf.update(task_default_queue="wake", task_serializer="json", broker_transport_options=_options())
        self.silent_until = 0.0

    def ring(self, stage: str) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            self.app.send_task("look", args=(stage,), expires=WAKE_EXPIRES_S, retry=False, ignore_result=True)
        except Exception as error:  # best effort by design: the next tick finds the rows
            self.silent_until = time.monotonic() + MUTE_S
            logger.info("wake %s lost: %s", stage, error)


def _options() -> dict[str, Any]:
    return {"socket_connect_timeout": 1, "socket_timeout": 2} if settings.BROKER_URL.startswith("redis") else {}


@cache
def _bell() -> _Bell:
    return _Bell()
