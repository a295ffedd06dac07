"""Sends a set through the real ingest service, at full speed or at a multiple of its own pace."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from signals.services import ingest, truths
from signals.sources import Item

BATCH = 500


@dataclass
class Tally:
    """What became of the items: `counts` by status, labels recorded, and the first refusal in words."""

    counts: Counter[str] = field(default_factory=Counter)
    labels: int = 0
    first_refusal: str = ""


def replay(
    *,
    items: Iterator[Item],
    clock: Callable[[], datetime],
    speed: float | None = None,
    limit: int | None = None,
    after_batch: Callable[[list[Item]], None] = lambda batch: None,
) -> Tally:
    """Ingest the items in batches and record their truths; `speed` is a multiple of the set's own pace (None: all out).

    `after_batch` is called with each stored batch, for progress and for stepping later stages.
    """
    tally, pace = Tally(), Pace(speed)
    stream = islice(items, limit)
    while batch := pace.take(stream):
        _send(batch, tally, now=clock())
        after_batch(batch)
    return tally


class Pace:
    """Hands out batches: full ones at once, or what is due by the clock when the set's pace is kept."""

    def __init__(self, speed: float | None) -> None:
        self.speed = speed
        self.began = time.monotonic()
        self.first: datetime | None = None

    def take(self, stream: Iterator[Item]) -> list[Item]:
        """Return the next batch, after waiting until its first item is due; empty at the end."""
        if self.speed is None:
            return list(islice(stream, BATCH))
        item = next(stream, None)
        if item is None:
            return []
        self._wait(datetime.fromisoformat(item.envelope["time"]))
        return [item]

    def _wait(self, at: datetime) -> None:
        assert self.speed
        self.first = self.first or at
        due = self.began + (at - self.first).total_seconds() / self.speed
        time.sleep(max(0.0, due - time.monotonic()))


def _send(batch: list[Item], tally: Tally, *, now: datetime) -> None:
    for source, part in _by_source(batch).items():
        encoded = [json.dumps(item.envelope).encode() for item in part]
        answer = ingest.ingest(source=source, items=encoded, received_at=now)
        tally.counts.update(result.status for result in answer.items)
        refusal = next((result.error for result in answer.items if result.error), None)
        if refusal and not tally.first_refusal:
            tally.first_refusal = f"{refusal.code} at {refusal.pointer}: {refusal.detail}"
        known = [(item.envelope["id"], item.truth) for item in part if item.truth is not None]
        tally.labels += truths.record(source=source, truths=known, now=now) if known else 0


def _by_source(batch: list[Item]) -> dict[str, list[Item]]:
    parts: dict[str, list[Item]] = {}
    for item in batch:
        parts.setdefault(_source(item.envelope), []).append(item)
    return parts


def _source(envelope: dict[str, Any]) -> str:
    return str(envelope.get("source") or "replay")
