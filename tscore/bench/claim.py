"""Claiming from very many cases: four processes with eight connections each, the service with its audit row."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime

import django
from django.db import connections
from django.utils import timezone
from guardian.shortcuts import assign_perm

from cases.models import Queue
from tscore.bench import report
from tscore.bench.report import Line
from tscore.core import db
from tscore.core.models import User

PROCESSES, LINES = 4, 8
START_S = 20
GOAL_MS, GROWTH = 50, 1.5
_SUBJECTS = """
INSERT INTO signals_entity (kind, external_id, ref, first_seen_at, last_seen_at)
SELECT 'account', 'claim/' || n, 'en_claim' || n, %(now)s, %(now)s FROM generate_series(%(first)s, %(last)s) n"""
_CASES = """
INSERT INTO cases_case (entity_id, abuse_type_id, queue_id, state, severity, lane, stake_minor, probability, priority,
  headline, due_at, wait_for, held_once, fence, version, opened_at)
SELECT e.id, %(abuse_type)s, %(queue)s, 'queued', 'medium', 'detection', 1000, 0.5, 1000 * random(), '',
  %(now)s::timestamptz + interval '4 hours', '', false, 0, 1, %(now)s
FROM generate_series(%(first)s, %(last)s) n
JOIN signals_entity e ON e.kind = 'account' AND e.external_id = 'claim/' || n"""
Claim = tuple[int, float]  # case, milliseconds


def run(*, now: datetime, few: int, many: int, seconds: float) -> list[Line]:
    """Claim among few cases and among many; nothing is claimed twice."""
    queue = Queue.objects.filter(is_default=True).order_by("position")[0]
    people = _people(queue)
    _open(queue, 1, few, now)
    first = _claim(queue, people, seconds)
    _open(queue, few + 1, many, now)
    second = _claim(queue, people, seconds)
    waits = [report.share([ms for _, ms in claims], 0.95) for claims in (first, second)]
    medians = [report.share([ms for _, ms in claims], 0.5) for claims in (first, second)]
    claimed = [case for case, _ in first + second]
    how = f"{len(second):,} claims in {seconds:.0f} s by {PROCESSES} processes of {LINES} lines; {report.load()}"
    return [
        report.line("claim_p95", round(waits[1], 1), "ms", f"{many:,} open cases, {how}", at_most=GOAL_MS),
        report.line("claim_per_s", round(len(second) / seconds), "claims/s", how),
        report.line("claim_twice", len(claimed) - len(set(claimed)), "cases", "handed to two", at_most=0),
        report.line(
            "claim_growth", round(medians[1] / medians[0], 2), "times",
            f"median among {many:,} by that among {few:,}: {medians[1]:.1f} and {medians[0]:.1f} ms", at_most=GROWTH,
        ),
    ]  # fmt: skip


def _open(queue: Queue, first: int, last: int, now: datetime) -> None:
    terms = {"first": first, "last": last, "now": now, "queue": queue.pk, "abuse_type": queue.abuse_type_id}
    for statement in (_SUBJECTS, _CASES):
        db.rows(statement, terms, using="owner")
    for table in ("signals_entity", "cases_case"):
        db.rows(f"VACUUM (FREEZE, ANALYZE) {table}", using="owner")


def _people(queue: Queue) -> list[int]:
    made = [User.objects.create_user(f"claimer{number}@bench.test", None) for number in range(PROCESSES * LINES)]
    for person in made:
        assign_perm("review_queue", person, queue)
    return [person.pk for person in made]


def _claim(queue: Queue, people: list[int], seconds: float) -> list[Claim]:
    connections.close_all()
    with ProcessPoolExecutor(
        PROCESSES, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup
    ) as pool:
        start = time.time() + START_S  # by then every process has loaded the console
        shares = [people[number::PROCESSES] for number in range(PROCESSES)]
        work = [pool.submit(claim_for, queue.pk, share, start, seconds) for share in shares]
        return [one for done in work for one in done.result()]


def claim_for(queue_id: int, people: list[int], start: float, seconds: float) -> list[Claim]:
    """Claim with one connection a person until the time is over; runs in a process of its own."""
    with ThreadPoolExecutor(len(people)) as threads:
        work = [threads.submit(_claim_as, queue_id, person, start, start + seconds) for person in people]
        return [one for done in work for one in done.result()]


def _claim_as(queue_id: int, person_id: int, start: float, end: float) -> list[Claim]:
    from cases.services import claims  # once Django is set up

    queue, person, told = Queue.objects.get(pk=queue_id), User.objects.get(pk=person_id), []
    time.sleep(max(start - time.time(), 0))
    while time.time() < end:
        began = time.perf_counter()
        case = claims.claim_next(queue=queue, actor=person, now=timezone.now())
        if case is None:
            break
        told.append((case.pk, (time.perf_counter() - began) * 1000))
    connections.close_all()
    return told
