"""What senders send: the demo world's events in small batches, with repeats, corrections, late news and poison.

The same seed and number give the same batches in the same order; only their times move with the start of the storm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.storm.console import SOURCE
from tscore.demo import world
from tscore.demo.people import DAYS

SCALE = 0.05
HOT = 40  # accounts that somebody else's detector speaks of again and again
KEPT = 400  # items that may be corrected later
POISON = {"type": "no.such.kind", "time": "2026-03-01T10:00:00Z", "data": {}}


@dataclass(frozen=True)
class Batch:
    """One request: where it goes, its items, and the ids of those that must be refused."""

    path: str
    items: list[dict[str, Any]]
    poison: frozenset[str] = frozenset()

    def body(self, *, backwards: bool = False) -> bytes:
        return json.dumps(self.items[::-1] if backwards else self.items).encode()


def batches(*, seed: str, number: int, epoch: datetime) -> Iterator[Batch]:
    """Yield the batches of one sender without end."""
    random, count, kept = Random(f"{seed}/traffic/{number}"), 0, []
    events = _events(f"{seed}-{number}", epoch)
    while True:
        count += 1
        if random.random() < 0.25:
            yield _signals(random, name=f"{number}-{count}", at=epoch)
            continue
        fresh = [next(events) for _ in range(random.randint(5, 60))]
        corrections = [_corrected(random, item) for item in random.sample(kept, min(len(kept), random.randint(0, 4)))]
        kept = (kept + fresh)[-KEPT:]
        items, poison = fresh + corrections, set()
        if random.random() < 0.1:
            bad = {**POISON, "id": f"poison-{number}-{count}"}
            items.append(bad)
            poison.add(bad["id"])
        random.shuffle(items)
        yield Batch("/api/v1/events", items, frozenset(poison))


def _events(name: str, epoch: datetime) -> Iterator[dict[str, Any]]:
    """Yield the events of one demo world after the other, each under ids of its own; all happen before the storm."""
    turn = 0
    while True:
        turn += 1
        built = world.build(seed=f"{name}-{turn}", epoch=epoch, scale=SCALE)
        for event in built.events:
            yield {**event, "id": f"{name}-{turn}/{event['id']}", "source": SOURCE}


def _corrected(random: Random, event: dict[str, Any]) -> dict[str, Any]:
    """Return a later, or rarely an earlier, revision of an event that was sent before."""
    away = timedelta(seconds=random.choice((-3600, 60, 120, 3600)), microseconds=random.randrange(10**6))
    at = datetime.fromisoformat(event["time"]) + away
    return {**event, "recordedtime": at.isoformat()}


def _signals(random: Random, *, name: str, at: datetime) -> Batch:
    """Return findings of somebody else's detector about few accounts, so that many meet in one case."""
    moment = (at - timedelta(days=random.uniform(0, DAYS))).isoformat()
    items = [
        {
            "id": f"finding-{name}-{place}",
            "type": "signal.raised",
            "time": moment,
            "data": {
                "detector": "storm.finder",
                "detector_version": "1",
                "abuse_type": random.choice(("account_takeover", "payment_fraud", "phishing")),
                "entity": {"kind": "account", "id": f"a-{random.randrange(HOT):05}"},
                "score": round(random.uniform(0.3, 1), 3),
                "reasons": [{"code": "storm", "sentence": "Seen in a storm.", "value": 1, "usual": 0}],
                "events": [],
            },
        }
        for place in range(random.randint(1, 12))
    ]
    return Batch("/api/v1/signals", items)
