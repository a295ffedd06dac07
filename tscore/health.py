"""Whether the process lives, and whether the console can be used: database, broker, migrations, and a filled demo."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu import Connection

from cases.enums import CaseState
from cases.models import Case
from tscore.core import db
from tscore.core.access import Public, Rule

logger = logging.getLogger(__name__)
DEMO_CASES: Final = 40
ACCESS: Final[dict[str, dict[str, Rule]]] = {"healthz": {"GET": Public()}, "readyz": {"GET": Public()}}


class NotReady(Exception):
    """This part is not ready yet."""


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process lives."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether every part is well: 200, or 503 naming the parts that are not."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    is_ready = all(state == "ok" for state in parts.values())
    body: dict[str, Any] = {"status": "ready" if is_ready else "not ready", "parts": parts}
    headers = {"Cache-Control": "no-store"} | ({} if is_ready else {"Retry-After": "1"})
    return JsonResponse(body, status=200 if is_ready else 503, headers=headers)


def _state(check: Callable[[], None]) -> str:
    """Return "ok" or one sentence; what exactly failed is for the log, the caller may be anybody."""
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:
        logger.warning("%s: %s", check.__name__, error)
        return "does not answer"
    return "ok"


def _database() -> None:
    db.rows("SELECT 1")


def _broker() -> None:
    options = {"socket_connect_timeout": 1, "socket_timeout": 1} if settings.BROKER_URL.startswith("redis") else {}
    with Connection(settings.BROKER_URL, connect_timeout=1, transport_options=options) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)


class _Migrations:
    """Remembers that nothing is missing: the code of a running process does not gain migrations."""

    are_applied = False


def _migrations() -> None:
    if _Migrations.are_applied:
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are missing")
    _Migrations.are_applied = True


def _demo_world() -> None:
    if not settings.DEMO:
        return
    queued = Case.objects.filter(state=CaseState.QUEUED).count()
    if queued < DEMO_CASES:
        raise NotReady(f"{queued} of {DEMO_CASES} cases are queued")


CHECKS: Final[dict[str, Callable[[], None]]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
    "demo world": _demo_world,
}
