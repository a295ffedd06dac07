"""Signals into cases against two bars: the bare UPDATE of as many cases by key, and one `get_or_create` a signal."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from cases.models import Case, CaseSignal, Queue
from cases.services import correlation
from signals.models import Entity, Signal
from tscore.bench import many_cases, report
from tscore.bench.report import Line
from tscore.core import db

BATCH = 500
ROUNDS = 12
ONE_BY_ONE = 100
FLOOR_GOAL, ORM_GOAL = 0.3, 50

# Fresh signals about accounts that have open cases and accounts that have none, one each, in no order.
_SIGNALS = """
INSERT INTO signals_signal (source_id, external_id, content_mac, detector_id, detector_version, entity_id,
  abuse_type_id, score, severity, reasons, techniques, money_at_stake_base_minor, dedupe_key, observed_at,
  received_at, mode, next_at)
SELECT model.source_id, 'fold/' || %(round)s || '/' || e.id, model.content_mac, model.detector_id,
  model.detector_version, e.id, 'account_takeover', 0.5, 'medium', model.reasons, '{}', NULL,
  'fold/' || %(round)s || '/' || e.id, %(now)s, %(now)s, 'live', %(now)s
FROM (SELECT * FROM signals_signal ORDER BY id LIMIT 1) model
CROSS JOIN (SELECT id FROM signals_entity WHERE kind = 'account' ORDER BY random() LIMIT %(count)s) e"""
_FLOOR = """
UPDATE cases_case SET version = version + 1 FROM unnest(%s::bigint[]) AS wanted (id) WHERE cases_case.id = wanted.id"""


def run(*, now: datetime, cases: int) -> list[Line]:
    """Take the three in turn, round by round; rates are signals (or rows) a second, medians."""
    many_cases.make(cases=cases, now=now)
    steps: dict[str, Callable[[int, datetime], float]] = {"fold": _fold, "floor": _floor, "orm": _one_by_one}
    rates: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(ROUNDS):
        for name, step in steps.items():
            rates[name].append(step(number * len(steps) + len(rates[name]), now))
    fold, floor, orm = (statistics.median(rates[name]) for name in steps)
    how = f"{ROUNDS} rounds, batches of {BATCH}, {cases:,} cases; {report.load()}"
    return [
        report.line("fold_per_s", round(fold), "signals/s", how),
        report.line("fold_by_update", round(fold / floor, 2), "times", f"{floor:,.0f} rows/s", at_least=FLOOR_GOAL),
        report.line("fold_by_orm", round(fold / orm, 1), "times", f"{orm:,.0f} signals/s", at_least=ORM_GOAL),
    ]


def _fold(number: int, now: datetime) -> float:
    _make(f"ours{number}", BATCH, now)
    began = time.perf_counter()
    done = correlation.correlate_pending(limit=BATCH, now=now)
    return done / (time.perf_counter() - began)


def _floor(number: int, now: datetime) -> float:
    wanted = db.rows("SELECT id FROM cases_case ORDER BY random() LIMIT %s", [BATCH])
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FLOOR, [sorted(pk for (pk,) in wanted)])
    return len(wanted) / (time.perf_counter() - began)


def _one_by_one(number: int, now: datetime) -> float:
    _make(f"orm{number}", ONE_BY_ONE, now)
    fresh = list(Signal.objects.filter(routed_at__isnull=True))
    queue = Queue.objects.get(abuse_type_id="account_takeover", is_default=True)
    began = time.perf_counter()
    for signal in fresh:
        _store(signal, queue, now)
    return len(fresh) / (time.perf_counter() - began)


@transaction.atomic
def _store(signal: Signal, queue: Queue, now: datetime) -> None:
    entity = Entity.objects.select_for_update().get(pk=signal.entity_id)
    case, is_new = Case.objects.exclude(state="closed").get_or_create(
        entity=entity,
        abuse_type_id=signal.abuse_type_id,
        defaults={
            "queue": queue, "severity": signal.severity, "due_at": now, "opened_at": now,
            "stake_minor": 0, "probability": signal.score, "priority": 0.0,
        },
    )  # fmt: skip
    CaseSignal.objects.create(case=case, signal=signal, attached_at=now)
    if not is_new:
        case.version += 1
        case.save(update_fields=["version"])
    Signal.objects.filter(pk=signal.pk).update(routed_at=now)


def _make(name: str, count: int, now: datetime) -> None:
    db.rows(_SIGNALS, {"round": name, "count": count, "now": now})
