"""Honest transactions: who must be in one, who opens one, how often it is tried again, and plain SQL."""

from __future__ import annotations

import functools
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import msgspec
import psycopg
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Manager, Model, QuerySet

from tscore.core.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Model)

# Serialisation failure, deadlock, lock not granted in time: nothing happened, the whole transaction may run again.
TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})
ATTEMPTS = 5
_OTHER_ESCAPE = re.compile(r'(?<!\\)(?:\\\\)*\\[^"\\]')


class NoTransaction(RuntimeError):
    """This function joins a transaction: open one at the outermost entry."""


class Contended(Busy):
    """Too many people changed the same thing at once. Nothing was stored; try again in a moment."""


class OutcomeUnknown(Busy):
    """The database went away while storing. Send the same request again; it is never carried out twice."""


def in_a_transaction(using: str = "default") -> bool:
    """Tell whether our own code opened a transaction (the one a test wraps around itself does not count)."""
    return any(not block._from_testcase for block in connections[using].atomic_blocks)  # type: ignore[attr-defined]


def transaction_required(function: Callable[P, T]) -> Callable[P, T]:
    """Refuse to run the function outside a transaction of its caller."""

    @functools.wraps(function)
    def joined(*args: P.args, **kwargs: P.kwargs) -> T:
        if not in_a_transaction():
            raise NoTransaction(f"{function.__module__}.{function.__qualname__} must join a transaction.")
        return function(*args, **kwargs)

    return joined


def lock(rows: QuerySet[M] | Manager[M]) -> QuerySet[M]:
    """Return the same rows, locked against other writers until the transaction ends.

    The key itself stays free (`FOR NO KEY UPDATE`), so that rows which refer to it can still be added.
    """
    if not in_a_transaction():
        raise NoTransaction("A lock needs a transaction.")
    return rows.select_for_update(of=("self",), no_key=True)


def in_transaction(function: Callable[[], T], *, using: str = "default") -> T:
    """Run the function in the outermost transaction, again from the start where the database asked for it.

    Raises:
        Contended: five attempts met a conflict; nothing is stored.
        OutcomeUnknown: the connection was lost during commit; the caller's idempotency key tells what happened.
    """
    for attempt in range(ATTEMPTS):
        line, returned = None, False
        try:
            with transaction.atomic(using=using, durable=True):
                line = connections[using].connection
                result = function()
                returned = True
        except (DatabaseError, InterfaceError) as error:
            if line is not None and line.closed and returned:
                raise OutcomeUnknown from error
            if not (sqlstate(error) in TRY_AGAIN or (line is not None and line.closed)):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
        else:
            return result
    raise Contended


def in_one_statement(function: Callable[[], T], *, using: str = "default") -> T:
    """Run a function that is a single statement: in the transaction of the caller, or by itself, which is as good.

    Raises:
        Contended: five attempts met a conflict; nothing is stored.
        OutcomeUnknown: the connection was lost on the way.
    """
    if in_a_transaction(using):
        return function()
    for attempt in range(ATTEMPTS):
        try:
            return function()
        except (DatabaseError, InterfaceError) as error:
            line = connections[using].connection
            if line is not None and line.closed:
                raise OutcomeUnknown from error
            if sqlstate(error) not in TRY_AGAIN:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise Contended


def in_any_transaction(function: Callable[[], T]) -> T:
    """Run the function in the transaction of the caller where there is one, otherwise in one of its own."""
    return function() if in_a_transaction() else in_transaction(function)


def sqlstate(error: Exception) -> str:
    """Return PostgreSQL's code of a database error, or an empty text."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def rows(sql: str, params: Sequence[Any] | dict[str, Any] = (), using: str = "default") -> list[tuple[Any, ...]]:
    """Return the rows of one statement; for a statement that returns none, an empty list."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if _has_rows(cursor) else []


class _Cursor(psycopg.Cursor[Any]):
    """Binds values on the server; remembers what it ran, prepared or not, for Django's log of statements."""

    def _convert_query(self, *args: Any) -> Any:
        self._query = super()._convert_query(*args)
        return self._query


def prepared(sql: str, params: Sequence[Any] | dict[str, Any], using: str = "default") -> list[tuple[Any, ...]]:
    """Return the rows of a statement that is run again and again: each connection soon reads and plans it no more.

    Values are bound by the server. For statements of which planning is a good part: few rows, several tables. Name
    their columns, because a plan for `*` ends with the next migration.
    """
    line = connections[using]
    line.ensure_connection()
    wrapped = line.make_debug_cursor if line.queries_logged else line.make_cursor
    with line.wrap_database_errors, wrapped(_Cursor(line.connection)) as cursor:  # type: ignore[arg-type]
        cursor.execute(sql, params)
        return cursor.fetchall() if _has_rows(cursor) else []


def _has_rows(cursor: Any) -> bool:
    """Tell whether a statement returned rows, though none perhaps; `description` would describe each column first."""
    return bool(cursor.pgresult.nfields)


def array(values: Sequence[Any]) -> str:
    """Return numbers, instants or words as PostgreSQL writes an array; the driver would take ten times as long.

    Cast it where it is used (`%s::bigint[]`). JSON writes such elements alike, quotes and backslashes included, but not
    control characters: give texts of strangers as JSON.
    """
    text = msgspec.json.encode(values).decode()
    if "\\" in text and _OTHER_ESCAPE.search(text):
        raise ValueError("Only words without control characters fit into an array written like this.")
    return "{" + text[1:-1] + "}"


def json_of(column: Any) -> Any:
    """Return what a `jsonb` column of a plain statement holds, whichever way the driver gave it."""
    return json.loads(column) if isinstance(column, str) else column


def dicts(sql: str, params: Sequence[Any] | dict[str, Any] = (), using: str = "default") -> list[dict[str, Any]]:
    """Return the rows of one statement as dictionaries by column name."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        if not cursor.description:
            return []
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
