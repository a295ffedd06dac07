"""Deciding and listing with very many open cases, through the real pages."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from html import unescape

from django.conf import settings

from cases.models import Case, Preset, Queue
from cases.models.case import OPEN
from tscore.bench import account, many_cases, report, reviewer, server
from tscore.bench.report import Line
from tscore.bench.timing import SETTING
from tscore.core import heap
from tscore.demo import desk

CASES = 200_000
DECIDE_MS, DECIDE_STATEMENTS = 80, 12
QUEUE_MS, QUEUE_STATEMENTS = 120, 8
WARM_UP = 12
_AFTER = re.compile(r'href="(\?[^"]*after=[^"]+)"')


def run(*, now: datetime, cases: int = CASES, decisions: int = 400, lists: int = 100) -> list[Line]:
    """Fill the database, then measure over HTTP and in this process; the work is shared out over the queues."""
    began = time.perf_counter()
    many_cases.make(cases=cases, now=now)
    busy = account.make()
    people = desk.open_desk(seed="bench", now=now, domain="bench.test")
    made = Case.objects.filter(OPEN).count()
    lines = [report.line("open_cases", made, "cases", f"made in {time.perf_counter() - began:.0f} s")]
    with server.serving() as address:
        lines += _measure(reviewer.OverHttp(address), people[0], decisions=decisions, lists=lists, through="http")
        line = reviewer.OverHttp(address)
        reviewer.sign_in(line, email=people[0]["email"], password=people[0]["password"])
        lines += account.measure(line, busy, through="http")
    settings.MIDDLEWARE = [SETTING, *settings.MIDDLEWARE]
    heap.settle()
    lines += _measure(reviewer.InProcess(), people[1], decisions=decisions // 4, lists=lists // 4, through="process")
    return lines


def _measure(
    line: reviewer.Line, person: dict[str, str], *, decisions: int, lists: int, through: str
) -> Iterator[Line]:
    reviewer.sign_in(line, email=person["email"], password=person["password"])
    queues = [queue for queue in Queue.objects.order_by("position") if queue.slug != many_cases.ONE]
    told = [one for queue in queues for one in _decide(line, queue, WARM_UP, decisions // len(queues))]
    yield from _figures(f"decide_{through}", told, ms=DECIDE_MS, statements=DECIDE_STATEMENTS)
    told = [one for queue in queues for one in _list(line, queue.slug, lists // len(queues))]
    yield from _figures(f"queue_{through}", told, ms=QUEUE_MS, statements=QUEUE_STATEMENTS)
    alone = line.get(f"/queues/{many_cases.ONE}/").told["statements"]
    full = line.get(f"/queues/{queues[0].slug}/").told["statements"]
    how = f"{alone:.0f} statements for one row, {full:.0f} for fifty"
    yield report.line(f"queue_{through}_more_statements_at_50_rows", full - alone, "statements", how, at_most=0)


def _decide(line: reviewer.Line, queue: Queue, warm_up: int, times: int) -> list[dict[str, float]]:
    """Decide case after case with the queue's presets in turn; the answer brings the next."""
    presets = list(Preset.objects.filter(queue=queue).order_by("position").values_list("position", flat=True))
    answer, told = reviewer.start(line, queue.slug, key=secrets.token_hex(8)), []
    for turn in range(warm_up + times):
        answer = reviewer.decide(line, answer.text, preset=presets[turn % len(presets)])
        told.append(answer.told)
    return told[warm_up:]


def _list(line: reviewer.Line, queue: str, times: int) -> list[dict[str, float]]:
    """Open the list of a queue and go down page by page, beginning anew after five."""
    told, question = [], ""
    line.get(f"/queues/{queue}/")
    for turn in range(times):
        answer = line.get(f"/queues/{queue}/{question}")
        told.append(answer.told)
        further = _AFTER.search(answer.text)
        question = unescape(further[1]) if further and turn % 5 != 4 else ""
    return told


def _figures(name: str, told: list[dict[str, float]], *, ms: int, statements: int) -> Iterator[Line]:
    spent, asked = [one["ms"] for one in told], [one["statements"] for one in told]
    database = report.share([one["database_ms"] for one in told], 0.5)
    how = f"server time of {len(told)} requests, {database:.1f} ms of the median in the database; {report.load()}"
    yield report.line(f"{name}_p50", round(report.share(spent, 0.5), 1), "ms", how)
    yield report.line(f"{name}_p95", round(report.share(spent, 0.95), 1), "ms", how, at_most=ms)
    how = "the most of any request; without transactions, sign-in and rights"
    yield report.line(f"{name}_statements", max(asked), "statements", how, at_most=statements)
