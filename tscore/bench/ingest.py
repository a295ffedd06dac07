"""Ingest over HTTP against the bar: the same events, entities, links and personal rows, batches of 500."""

from __future__ import annotations

import json
import random
import secrets
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

from tscore.bench import copying, report
from tscore.bench.report import Line
from tscore.core import api_keys, ids

BATCH = 500
SENDERS = 4
WARM_UP = 12
TRIES = 5
PEOPLE = 3000
GOAL, COPY_GOAL = 5.0, 0.6
EPOCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS, BAR = "/api/v1/events", "/api/v1/bench/baseline"
_TEXT = "Hello, is this still available? I can pay today and pick it up tomorrow after work."
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36"


def run(console_url: str, *, batches: int = 16, rounds: int = 5, now: datetime) -> list[Line]:
    """Measure ours and the bar in turn, so that both see the same machine; return the lines of the report.

    `console_url` serves `tscore.bench.wsgi`. Each round sends as many fresh events to either address.
    """
    sides = {OURS: _Sender(console_url, OURS, "bench", now), BAR: _Sender(console_url, BAR, "bench-bar", now)}
    for sender in sides.values():
        sender.send(WARM_UP)  # connections, caches, and the people who come again and again
    rates: dict[str, list[float]] = {path: [] for path in sides}
    copied = copying.Bar("bench")
    for _ in range(rounds):
        for path, sender in sides.items():
            rates[path].append(sender.send(batches if path == OURS else max(batches // 4, SENDERS)))
    ours, bar = (statistics.median(rates[path]) for path in sides)
    copy = copied.rate()
    how = f"{rounds} rounds, batches of {BATCH}, {SENDERS} senders, gunicorn with 2 workers; medians"
    return [
        report.line("ingest", round(ours), "events/s", how),
        report.line("ingest_bar", round(bar), "events/s", how),
        report.line(
            "ingest_ratio", round(ours / bar, 2), "times", f"ours by the bar, in turn; {report.load()}", at_least=GOAL
        ),
        report.line("ingest_copy", round(copy), "events/s", "COPY of the same events, new entities and new links"),
        report.line("ingest_by_copy", round(ours / copy, 2), "times", "ours by COPY", at_least=COPY_GOAL),
    ]  # fmt: skip


def events(count: int, *, prefix: str, seed: int) -> list[dict[str, Any]]:
    """Make one minute's events in a marketplace's usual mix: half logins, a third payments, the rest messages."""
    chance = random.Random(seed)
    minute = EPOCH + timedelta(minutes=seed)
    return [_event(chance, f"{prefix}-{seed}-{number}", minute) for number in range(count)]


class _Sender:
    """Sends batches to one address over as many connections as there are senders."""

    def __init__(self, url: str, path: str, source: str, now: datetime) -> None:
        _, token = api_keys.create(name="bench", source=source, scopes=["events:write"], actor=None, now=now)
        self.url, self.prefix, self.number = url + path, ids.base32(secrets.randbits(30), length=6), 0
        self.pool = urllib3.PoolManager(maxsize=SENDERS, retries=False, timeout=120.0)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, batches: int) -> float:
        """Send fresh batches; return events a second. Making them is not measured."""
        bodies = [self._body() for _ in range(batches)]
        began = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as senders:
            list(senders.map(self._post, bodies))
        return batches * BATCH / (time.perf_counter() - began)

    def _body(self) -> bytes:
        self.number += 1
        return json.dumps(events(BATCH, prefix=self.prefix, seed=self.number)).encode()

    def _post(self, body: bytes) -> None:
        for _ in range(TRIES):  # 503 = waited too long for the other sender's rows; the time counts
            answer = self.pool.request("POST", self.url, body=body, headers=self.headers)
            if answer.status == 200:
                return
            if answer.status != 503:
                break
        raise RuntimeError(f"{self.url} answered {answer.status}: {answer.data[:300]!r}")


def _event(chance: random.Random, name: str, minute: datetime) -> dict[str, Any]:
    time_ = (minute + timedelta(seconds=chance.randrange(60))).isoformat()
    make: Callable[[random.Random, str, str], tuple[str, dict[str, Any]]]
    make = chance.choices((_login, _payment, _message), (50, 30, 20))[0]
    # Each side has entities of its own, so that neither finds the other's.
    kind, data = make(chance, name, name.partition("-")[0])
    return {"id": name, "type": kind, "time": time_, "data": data}


def _login(chance: random.Random, name: str, side: str) -> tuple[str, dict[str, Any]]:
    person = chance.randrange(PEOPLE)
    return "login.succeeded", {
        "account": f"a-{side}-{person}",
        "method": "password",
        "context": _context(chance, person, side),
    }


def _payment(chance: random.Random, name: str, side: str) -> tuple[str, dict[str, Any]]:
    person = chance.randrange(PEOPLE)
    return "payment.captured", {
        "payment": f"p-{name}",
        "buyer": f"a-{side}-{person}",
        "seller": f"a-{side}-{chance.randrange(PEOPLE // 10)}",
        "amount": {"minor": chance.randrange(100, 100_000), "currency": "EUR"},
        "card": f"card-{side}-{person}-{chance.randrange(2)}",
        "email": f"{side}{person}@mail.example",
        "context": _context(chance, person, side),
    }


def _message(chance: random.Random, name: str, side: str) -> tuple[str, dict[str, Any]]:
    sender, recipient = chance.randrange(PEOPLE), chance.randrange(PEOPLE)
    return "message.sent", {
        "message": f"m-{name}",
        "sender": f"a-{side}-{sender}",
        "recipient": f"a-{side}-{recipient}",
        "text": _TEXT,
    }


def _context(chance: random.Random, person: int, side: str) -> dict[str, str]:
    """Most people come from one of two devices and addresses of theirs; one time in ten from somewhere new."""
    network = sum(map(ord, side)) % 200 + 10
    host = chance.randrange(250 * 250) if chance.random() < 0.1 else person * 2 + chance.randrange(2)
    return {
        "device": f"d-{side}-{person}-{chance.randrange(2)}",
        "ip": f"{network}.{host // 62_500}.{host // 250 % 250}.{host % 250}",
        "country": "DE",
        "user_agent": _AGENT,
    }
