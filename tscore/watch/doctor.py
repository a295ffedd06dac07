"""What `manage.py doctor` asks: services, migrations, roles, grants, disk, clock, alarms, sizes. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.checks import run_checks

from cases.queries import watch as judgement
from tscore import health
from tscore.core.audit import trail
from tscore.core.db import rows
from tscore.core.models import Alarm
from tscore.core.templatetags.moments import span
from tscore.watch import checks, stages, standing
from tscore.watch.table import LOOK, TABLE

# May the console write, and may it not change what must stand?
_GRANTS = """
SELECT has_table_privilege('signals_event', 'INSERT') AND has_table_privilege('cases_decision', 'INSERT'),
       has_table_privilege('core_auditcheckpoint', 'UPDATE')"""
_ROLES: Final = {"default": "serves", "owner": "migrates", "sealer": "seals"}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: well, not well, or (None) only a figure."""

    is_well: bool | None
    name: str
    words: str


def examine(now: Callable[[], datetime]) -> Iterator[Line]:
    """Yield one line after another; without a database there is nothing more to ask after the services."""
    services = [_service(name) for name in ("database", "broker", "migrations")]
    yield from services
    if not services[0].is_well:
        return
    for name, ask in (
        ("settings", _settings), ("roles", _roles), ("grants", _grants), ("worker", _worker), ("disk", _disk),
    ):  # fmt: skip
        yield _asked(name, ask, now())
    for declared in TABLE:
        if declared.check is not None and declared.pattern not in {"broker:away", "stages:asleep", "disk:*"}:
            yield _asked(declared.title.lower(), _by_check(declared.check), now(), well="no")
    yield from _open_alarms(now())
    yield from _sizes(now())


def _service(name: str) -> Line:
    try:
        health.CHECKS[name]()
    except Exception as error:  # a dead service has many ways to say so
        return Line(False, name, str(error) or type(error).__name__)
    return Line(True, name, "answers" if name != "migrations" else "all applied")


def _asked(name: str, ask: Callable[[datetime], list[str]], now: datetime, *, well: str = "as it should be") -> Line:
    try:
        wrong = ask(now)
    except Exception as error:
        return Line(False, name, f"cannot be asked: {type(error).__name__}: {error}")
    return Line(not wrong, name, " ".join(wrong) or well)


def _by_check(check: Callable[[datetime], object]) -> Callable[[datetime], list[str]]:
    return lambda now: [found.detail for found in check(now)]  # type: ignore[attr-defined]


def _settings(now: datetime) -> list[str]:
    return [str(message.msg) for message in run_checks(include_deployment_checks=False) if message.level >= 30]


def _roles(now: datetime) -> list[str]:
    wrong = [f"{alias} cannot sign in." for alias in _ROLES if not _signs_in(alias)]
    users = [settings.DATABASES[alias]["USER"] for alias in _ROLES]
    if len(set(users)) < len(users):
        wrong.append("One role has several tasks: then triggers alone keep the trail append-only.")
    return wrong


def _signs_in(alias: str) -> bool:
    try:
        return bool(rows("SELECT 1", using=alias))
    except Exception:
        return False


def _grants(now: datetime) -> list[str]:
    [(may_write, may_forge)] = rows(_GRANTS)
    wrong = list(trail.guards())
    if not may_write:
        wrong.append("The console may not write.")
    if may_forge and settings.DATABASES["default"]["USER"] != settings.DATABASES["owner"]["USER"]:
        wrong.append("The console may change checkpoints of the audit trail.")
    return wrong


def _worker(now: datetime) -> list[str]:
    seen = stages.last_look(LOOK)
    if seen is None:
        return ["No worker has looked yet."]
    return [f"No worker has looked for {span(now - seen)}."] if now - seen > stages.ASLEEP_AFTER else []


def _disk(now: datetime) -> list[str]:
    return [found.detail for found in checks.disk(now)]


def _open_alarms(now: datetime) -> Iterator[Line]:
    found = list(Alarm.objects.filter(cleared_at=None).order_by("since"))
    for alarm in found:
        yield Line(False, f"alarm {alarm.key}", f"since {span(now - alarm.since)}: {alarm.detail}")
    if not found:
        yield Line(True, "alarms", "none is open")


def _sizes(now: datetime) -> Iterator[Line]:
    for figure in standing.figures(now=now):
        oldest = f", the oldest for {span(now - figure.oldest)}" if figure.oldest else ""
        yield Line(None, figure.name.lower(), f"{figure.count:,}{' or more' if figure.is_capped else ''}{oldest}")
    for slug, count in judgement.backlogs().items():
        yield Line(None, f"queue {slug}", f"{count:,} cases wait")
    yield Line(None, "free on disk", f"{checks.free_mb(settings.DATA):,} MB")
