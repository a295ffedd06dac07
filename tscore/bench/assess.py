"""Verdicts over HTTP at a steady pace: how long a caller waits from the moment a request was due.

Requests are due by the clock, whether or not the last one was answered: a server that stalls pays for every request
that had to wait meanwhile, not only for the one it stalled on.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import urllib3

from signals.services import ingest as intake
from signals.services.verdicts import MOST_MS, AdviceBy
from tscore.bench import ingest, report, rules, server
from tscore.bench.report import Line
from tscore.core import api_keys, ids

RULES = 50
P95_MS, P99_MS = 80, 150
SENDERS = 8
WARM_UP = 60
SOURCE = "bench"


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer: how long after it was due it came, and who decided."""

    ms: float
    verdict_by: str
    verdict: str


def run(*, now: datetime, history: int = 50_000, per_second: float = 25.0, seconds: float = 40.0) -> list[Line]:
    """Store some history, then ask for verdicts on new events of the same people."""
    prefix = ids.base32(secrets.randbits(30), length=6)
    batches = max(history // ingest.BATCH, 1)
    for seed in range(batches):
        items = [json.dumps(event).encode() for event in ingest.events(ingest.BATCH, prefix=prefix, seed=seed)]
        intake.ingest(source=SOURCE, items=items, received_at=now)
    events = ingest.events(WARM_UP + round(per_second * seconds), prefix=prefix, seed=batches)
    _, token = api_keys.create(name="bench", source=SOURCE, scopes=["assess"], actor=None, now=now)
    os.environ[rules.VARIABLE] = str(RULES)
    try:
        with server.serving() as address:
            caller = _Caller(address, token)
            caller.ask_all(events[:WARM_UP], per_second)
            found = caller.ask_all(events[WARM_UP:], per_second)
    finally:
        del os.environ[rules.VARIABLE]
    how = f"{len(found):,} events, {per_second:g} a second, {RULES} rules, {history:,} events stored; {report.load()}"
    return _figures(found, how)


class _Caller:
    """Sends requests at the moments they are due, over as many connections as there are senders."""

    def __init__(self, address: str, token: str) -> None:
        self.url = f"{address}/api/v1/assess"
        self.pool = urllib3.PoolManager(maxsize=SENDERS, retries=False, timeout=60.0)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask_all(self, events: list[dict[str, Any]], per_second: float) -> list[Asked]:
        """Ask about each event in turn; return the answers."""
        began = time.perf_counter() + 0.1
        due = [began + place / per_second for place in range(len(events))]
        with ThreadPoolExecutor(SENDERS) as senders:
            return list(senders.map(self._ask, events, due))

    def _ask(self, event: dict[str, Any], due: float) -> Asked:
        body = json.dumps({"event": event, "budget_ms": MOST_MS}).encode()
        headers = self.headers | {"Idempotency-Key": event["id"]}
        time.sleep(max(due - time.perf_counter(), 0))
        for _ in range(ingest.TRIES):  # 503 = not stored within the budget; the time counts
            answer = self.pool.request("POST", self.url, body=body, headers=headers)
            if answer.status == 200:
                told = answer.json()
                return Asked((time.perf_counter() - due) * 1000, told["verdict_by"], told["verdict"])
            if answer.status != 503:
                break
        raise RuntimeError(f"{self.url} answered {answer.status}: {answer.data[:300]!r}")


def _figures(found: list[Asked], how: str) -> list[Line]:
    took = [one.ms for one in found]
    late = sum(one.verdict_by == AdviceBy.DEFAULT for one in found)
    return [
        report.line("assess_p50", round(report.share(took, 0.50), 1), "ms", how),
        report.line("assess_p95", round(report.share(took, 0.95), 1), "ms", how, at_most=P95_MS),
        report.line("assess_p99", round(report.share(took, 0.99), 1), "ms", how, at_most=P99_MS),
        report.line("assess_by_default", late, "answers", f"not scored within {MOST_MS} ms; {how}", at_most=0),
    ]
