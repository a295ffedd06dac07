"""Sends a set through the real ingest service, at full speed or at a multiple of its own pace."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from signals.services import ingest, truths
from signals.services.intake.answer import BatchAnswer
from signals.sources import Item
from tscore.core.crashpoints import crashpoint

BATCH = 500
SENDER = "replay"
SOURCE_LIMIT = 200


@dataclass
class Tally:
    """What became of the items: `counts` by status, labels recorded, and the first refusal in words."""

    counts: Counter[str] = field(default_factory=Counter)
    labels: int = 0
    first_refusal: str = ""

    def count(self, answer: BatchAnswer) -> None:
        """Add one batch."""
        self.counts.update(result.status for result in answer.items)
        refusal = next((result.error for result in answer.items if result.error), None)
        if refusal and not self.first_refusal:
            self.first_refusal = f"{refusal.code} at {refusal.pointer}: {refusal.detail}"

    def __str__(self) -> str:
        """Say the figures in one line."""
        words = ", ".join(f"{count:,} {status}" for status, count in sorted(self.counts.items()) if count)
        return f"{words or 'nothing'}; {self.labels:,} labels"


def replay(
    *,
    items: Iterator[Item],
    clock: Callable[[], datetime],
    sender: str = SENDER,
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
        send(batch, tally, sender=sender, now=clock())
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
        if at := _time(item.envelope):
            self._wait(at)
        return [item]

    def _wait(self, at: datetime) -> None:
        assert self.speed
        self.first = self.first or at
        due = self.began + (at - self.first).total_seconds() / self.speed
        time.sleep(max(0.0, due - time.monotonic()))


def _time(envelope: dict[str, Any]) -> datetime | None:
    """Return when an item says it happened; None where that is no instant, which storing it will refuse."""
    try:
        at = datetime.fromisoformat(envelope["time"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def send(batch: list[Item], tally: Tally, *, sender: str, now: datetime, is_history: bool = False) -> None:
    """Store one batch with its truths and count what became of it; `sender` speaks where an item names nobody."""
    for source, part in _by_source(batch, sender).items():
        items = [item.encoded() for item in part]
        answer = ingest.ingest(source=source, items=items, received_at=now, is_history=is_history)
        crashpoint("replay.stored")
        tally.count(answer)
        known = [(item.envelope.get("id", ""), item.truth) for item in part if item.truth is not None]
        tally.labels += truths.record(source=source, truths=known, now=now) if known else 0


def _by_source(batch: list[Item], sender: str) -> dict[str, list[Item]]:
    parts: dict[str, list[Item]] = {}
    for item in batch:
        parts.setdefault(_source(item.envelope, sender), []).append(item)
    return parts


def _source(envelope: dict[str, Any], sender: str) -> str:
    """Return whose item this is; a name that cannot be one is left to the sender, for whom it is then refused."""
    name = envelope.get("source")
    return name if isinstance(name, str) and name.isprintable() and 1 <= len(name) <= SOURCE_LIMIT else sender
