"""Loads history through the real ingest service: ordinary facts that ask nobody for anything, resumable at any moment.

Each batch is stored, then its position is noted; it is scored by a thread while the next one is stored. Scoring keeps
step with storing, so that live events never wait behind an archive. Whoever kills the process between two of these
steps costs one batch sent again, which changes nothing: an event is stored once.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, connections

from signals.models import Backfill
from signals.services import replays, scoring
from signals.services.replays import Tally
from signals.sources import Item
from tscore.core import db
from tscore.core.crashpoints import crashpoint
from tscore.core.errors import Busy, Conflict

T = TypeVar("T")
_CHUNK: Final = 1 << 20
WAITS_S: Final = (0.5, 1, 2, 4, 8, 15, 30, 30)
REST_PAUSE_S, LONGEST_HOLD_S = 0.2, 120
LOCK_SQL: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
UNLOCK_SQL: Final = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
LEFT_SQL: Final = """
SELECT count(*) FROM signals_event WHERE scored_at IS NULL AND id <= %s AND flags @> '{backfill}' AND last_error = ''"""
LAST_SQL: Final = "SELECT coalesce(max(id), 0) FROM signals_event WHERE scored_at IS NULL"


class AlreadyLoading(Conflict):
    """Another process is loading this archive. Wait for its end."""


@dataclass(frozen=True)
class Archive:
    """Files to be loaded and the way they are read; `open_items` starts from the beginning each time."""

    name: str
    files: tuple[Path, ...]
    reading: str
    open_items: Callable[[], Iterator[Item]]

    def key(self) -> str:
        """Return the hash of the bytes of all files and of the way they are read."""
        found = hashlib.sha256(self.reading.encode())
        for file in self.files:
            found.update(b"\x1f")
            with file.open("rb") as opened:
                while chunk := opened.read(_CHUNK):
                    found.update(chunk)
        return found.hexdigest()


def load(
    archive: Archive,
    *,
    clock: Callable[[], datetime],
    sender: str = replays.SENDER,
    after_batch: Callable[[Backfill], None] = lambda progress: None,
    pause: Callable[[float], None] = time.sleep,
) -> Backfill:
    """Load an archive from where the last run stopped; return how far it is, which is the end.

    Raises:
        AlreadyLoading: another process does.
        BadSource: its files cannot be read on; what was stored stays stored.
    """
    key = archive.key()
    if not db.rows(LOCK_SQL, [key])[0][0]:
        raise AlreadyLoading()
    try:
        progress = _begun(archive, key, clock())
        if progress.finished_at is None:
            _load(archive, progress, sender=sender, clock=clock, after_batch=after_batch, pause=pause)
        return progress
    finally:
        db.rows(UNLOCK_SQL, [key])


def _begun(archive: Archive, key: str, now: datetime) -> Backfill:
    """Find the row of this archive; where there is none, count its items first, which also reads every row once."""
    found = Backfill.objects.filter(key=key).first()
    if found is not None:
        return found
    total = sum(1 for _ in archive.open_items())
    return Backfill.objects.create(key=key, name=archive.name[-200:], total=total, started_at=now, updated_at=now)


def _load(
    archive: Archive,
    progress: Backfill,
    *,
    sender: str,
    clock: Callable[[], datetime],
    after_batch: Callable[[Backfill], None],
    pause: Callable[[float], None],
) -> None:
    items = islice(archive.open_items(), progress.position, None)
    after_batch(progress)
    with _Scorer(clock, pause) as scorer:
        for batch in _batches(items):
            tally = _patiently(lambda batch=batch: _send(batch, sender, clock()), pause)  # type: ignore[misc]
            scorer.score_next()
            crashpoint("backfill.stored")
            _note(progress, batch, tally, now=clock())
            after_batch(progress)
    _score_rest(clock, pause)
    progress.finished_at = clock()
    progress.save(update_fields=["finished_at"])


class _Scorer:
    """Scores one batch behind what is stored, in a thread: storing and scoring each keep a processor busy."""

    def __init__(self, clock: Callable[[], datetime], pause: Callable[[float], None]) -> None:
        self.clock, self.pause = clock, pause
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.running: Future[int] | None = None

    def __enter__(self) -> _Scorer:
        return self

    def __exit__(self, *error: object) -> None:
        self.pool.submit(connections.close_all)
        self.pool.shutdown()

    def score_next(self) -> None:
        """Wait until the last batch is scored, then begin with the next."""
        if self.running is not None:
            self.running.result()
        self.running = self.pool.submit(self._score)

    def _score(self) -> int:
        return _patiently(lambda: scoring.score_pending(limit=replays.BATCH, now=self.clock()), self.pause)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    stream = iter(items)
    while batch := list(islice(stream, replays.BATCH)):
        yield batch


def _send(batch: list[Item], sender: str, now: datetime) -> Tally:
    tally = Tally()
    replays.send(batch, tally, sender=sender, now=now, is_history=True)
    return tally


def _note(progress: Backfill, batch: list[Item], tally: Tally, *, now: datetime) -> None:
    progress.position += len(batch)
    progress.counts = dict(Counter(progress.counts) + tally.counts)
    progress.labels += tally.labels
    progress.first_refusal = progress.first_refusal or tally.first_refusal
    progress.updated_at = now
    progress.save(update_fields=["position", "counts", "labels", "first_refusal", "updated_at"])


def _score_rest(clock: Callable[[], datetime], pause: Callable[[float], None]) -> None:
    """Score until none of what was loaded waits.

    What failed is left to the worker, which tries it again and raises an alarm; so is what somebody holds for too long.
    """
    [(last,)] = db.rows(LAST_SQL)
    patience = LONGEST_HOLD_S / REST_PAUSE_S
    while db.rows(LEFT_SQL, [last])[0][0] and patience > 0:
        if not _patiently(lambda: scoring.score_pending(limit=replays.BATCH, now=clock()), pause):
            pause(REST_PAUSE_S)
            patience -= 1


def _patiently(step: Callable[[], T], pause: Callable[[float], None]) -> T:
    """Do a step, again after a while where the database could not be asked."""
    for wait_s in WAITS_S:
        try:
            return step()
        except (Busy, OperationalError, InterfaceError):
            pause(wait_s)
    return step()
