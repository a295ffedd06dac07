"""From event to ranked case in a running console: what it sustains, how fast it answers, what one event costs later.

Web server, broker, worker and load generator share the cores. The rate is taken with a backlog kept flat: a batch is
sent only while few events wait to be scored. The times of answers are taken at half that rate, each from the moment at
which its batch was due and not from when it could be sent, so that waiting counts too.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import urllib3

from signals.enums import EventStatus
from signals.models import Event, Signal
from signals.services import ingest
from tscore import pipeline
from tscore.bench import report, rules, server, traffic, workers
from tscore.bench.history import History
from tscore.bench.report import Line
from tscore.core import api_keys

SENDERS = 4
RULES = 100
BACKLOG = 4000
GROWTH_EVENTS = 20_000
GOALS = {"rate": 2000, "ack_ms": 500, "growth": 1.5, "memory_mb": 400}
DRAIN_S = 120.0
Items = Iterator[list[bytes]]


def run(*, now: datetime, small: int, large: int, seconds: float) -> list[Line]:
    """Measure the cost of one event at a small and a large history, then the running console at the large one."""
    start = now - timedelta(days=90 * 40)
    rules.fill_up(RULES)
    history = History(now=start)
    events = traffic.batches(start=start, name="bench")
    costs = []
    for size in (small, large):
        held = history.grow(size)
        costs.append((held, _cost(events)))
    return [*_growth(costs), *_flow(events, now=now, seconds=seconds)]


def _growth(costs: list[tuple[int, float]]) -> list[Line]:
    (few, cheap), (many, dear) = costs
    how = f"processor and waiting, ingest to case, {RULES} rules, one process: {cheap:.0f} and {dear:.0f} µs"
    line = report.line(
        "cost_growth", round(dear / cheap, 2), "times", f"an event after {many:,} by one after {few:,}; {how}",
        at_most=GOALS["growth"],
    )  # fmt: skip
    return [line]


def _cost(events: Items) -> float:
    """Return the µs that an event takes from ingest to its case."""
    spent = []
    for _ in range(GROWTH_EVENTS // traffic.BATCH):
        items = next(events)
        began = time.perf_counter()
        at = datetime.now().astimezone()
        ingest.ingest(source="demo", items=items, received_at=at)
        for stage in ("score", "correlate", "rerank"):
            pipeline.run_stage(stage, clock=lambda: at, budget_s=120)  # noqa: B023
        spent.append((time.perf_counter() - began) / len(items) * 1e6)
    return statistics.median(spent)


def _flow(events: Items, *, now: datetime, seconds: float) -> list[Line]:
    _, token = api_keys.create(name="flow", source="demo", scopes=["events:write"], actor=None, now=now)
    with server.serving() as address, workers.running() as worker:
        sender = _Sender(f"{address}/api/v1/events", token, events)
        sender.closed(seconds=min(seconds / 4, 15))
        _drain()  # the worker is awake now, and caches are warm
        before, memory = _stored(), workers.memory_mb(worker)
        took = sender.closed(seconds=seconds)
        sent = _stored() - before
        took += _drain()
        rate, after = sent / took, workers.memory_mb(worker)
        answers = sender.open(rate=rate / 2, seconds=seconds / 2)
        _drain()
    lost = sender.taken - (_stored() - sender.first)
    how = f"{sent:,} events in {took:.0f} s over HTTP, {RULES} rules, 2 web workers, 1 worker; {report.load()}"
    return [
        report.line("flow_per_s", round(rate), "events/s", how, at_least=GOALS["rate"]),
        report.line("flow_lost", lost + _unfinished(), "events", "taken in, not stored, scored or routed", at_most=0),
        report.line(
            "flow_ack_p99", round(report.share(answers, 0.99)), "ms",
            f"{len(answers)} batches at half that rate, from when each was due", at_most=GOALS["ack_ms"],
        ),
        report.line("flow_worker_memory", round(after), "MB", f"before: {memory:.0f}", at_most=GOALS["memory_mb"]),
    ]  # fmt: skip


class _Sender:
    """Sends batches to the console, and counts what it says it has taken in for the first time."""

    def __init__(self, url: str, token: str, events: Items) -> None:
        self.url, self.events, self.taken, self.first = url, events, 0, _stored()
        self.lock = threading.Lock()
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.pool = urllib3.PoolManager(maxsize=SENDERS, retries=False, timeout=120.0)

    def closed(self, *, seconds: float) -> float:
        """Send as much as is scored, for some seconds; return how long it took."""
        began = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as senders:
            while (spent := time.perf_counter() - began) < seconds:
                if _waiting() < BACKLOG:
                    bodies = [traffic.body(next(self.events)) for _ in range(SENDERS // 2)]
                    list(senders.map(self._post, bodies))
                else:
                    time.sleep(0.05)
        return spent

    def open(self, *, rate: float, seconds: float) -> list[float]:
        """Send at a fixed rate whatever happens; return for each batch the ms from when it was due to its answer."""
        every, count = traffic.BATCH / rate, max(int(seconds * rate / traffic.BATCH), 1)
        bodies = [traffic.body(next(self.events)) for _ in range(count)]
        began = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as senders:
            due = [began + every * number for number in range(count)]
            return list(senders.map(self._timed, bodies, due))

    def _timed(self, body: bytes, due: float) -> float:
        time.sleep(max(due - time.perf_counter(), 0))
        self._post(body)
        return (time.perf_counter() - due) * 1000

    def _post(self, body: bytes) -> None:
        answer = self.pool.request("POST", self.url, body=body, headers=self.headers)
        if answer.status != 200:
            raise RuntimeError(f"The console answered {answer.status}: {answer.data[:300]!r}")
        counts = answer.json()["counts"]
        with self.lock:
            self.taken += sum(counts.values()) - counts[EventStatus.DUPLICATE]


def _stored() -> int:
    return Event.objects.filter(source__name="demo").count()


def _waiting() -> int:
    return Event.objects.filter(scored_at__isnull=True)[: BACKLOG + 1].count()


def _unfinished() -> int:
    return Event.objects.filter(scored_at__isnull=True).count() + Signal.objects.filter(routed_at__isnull=True).count()


def _drain() -> float:
    """Wait until everything is scored and routed; return how long it took."""
    began = time.perf_counter()
    while _unfinished() and time.perf_counter() - began < DRAIN_S:
        time.sleep(0.2)
    return time.perf_counter() - began
