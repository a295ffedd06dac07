"""Five bugs that a storm must find. Each lives here alone, and is let into the processes of one storm by its name.

A suite that stays green whatever happens proves nothing: these show that the judge sees what he is there for.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

LATE_S = 0.3


def install() -> None:
    """Patch this process, if a bug was asked for."""
    if name := os.environ.get("STORM_BUG"):
        BUGS[name]()


def no_fence() -> None:
    """Let whoever slept through a lease write all the same."""
    from signals.services import scoring_rows

    for fence in ("AND signals_event.scored_at IS NULL", "AND signals_event.fence = given.fence"):
        assert fence in scoring_rows.SETTLE_SQL
        scoring_rows.SETTLE_SQL = scoring_rows.SETTLE_SQL.replace(fence, "")


def unsorted_locks() -> None:
    """Let each batch take its locks one after the other, in an order of its own."""
    import zlib

    from signals.services.intake import write
    from tscore.core.db import rows

    def lock_lanes(number: int, names: Any) -> None:
        lanes = [zlib.crc32(name.encode()) % write.LANES for name in names]
        random.shuffle(lanes)
        for lane in lanes:
            rows(write.LOCK_SQL, [write._LANE_CLASS + number, [lane]])

    write.lock_lanes = lock_lanes


def publish_after_commit() -> None:
    """Tell scorers by a message, after the commit, which events are to be scored, and let nobody look for himself."""
    from django.db import transaction

    from signals.models import Event
    from signals.services import scoring
    from signals.services.intake import write
    from tscore import pipeline
    from tscore.core import work

    stored = write.store

    def store(*, items: Sequence[Any], **terms: Any) -> None:
        stored(items=items, **terms)
        if ids := [row.pk for row in items if not row.stale]:
            transaction.on_commit(lambda: _tell(ids), robust=True)

    def score_told(*, limit: int, now: datetime) -> int:
        told = _told(limit)
        waiting = Event.objects.filter(pk__in=told, scored_at__isnull=True).only("id", "attempts", "fence")
        if held := work.lease(waiting, limit=limit, now=now):
            scoring.score_held(held=held, now=now)
        return len(told)

    write.store = store
    pipeline.BY_NAME["score"] = replace(pipeline.BY_NAME["score"], function=score_told)


def _tell(ids: list[int]) -> None:
    _broker().rpush("storm-told", *ids)


def _told(limit: int) -> list[int]:
    return [int(pk) for pk in _broker().lpop("storm-told", limit) or []]


def _broker() -> Any:
    import redis
    from django.conf import settings

    return redis.Redis(unix_socket_path=settings.BROKER_URL.removeprefix("redis+socket://"), socket_timeout=1)


def answer_before_commit() -> None:
    """Answer senders first, and store a moment later."""
    from django.db import connections

    from signals.services import ingest

    run = ingest.run

    def run_later(store: Callable[[], Any], *, dry_run: bool, stage: str = "", stream: str = "events") -> Any:
        def later() -> None:
            time.sleep(LATE_S)
            try:
                run(store, dry_run=dry_run, stage=stage, stream=stream)
            finally:
                connections.close_all()

        answer = run(store, dry_run=True, stage=stage, stream=stream)
        threading.Thread(target=later, daemon=True).start()
        return answer

    ingest.run = run_later


def no_dedupe() -> None:
    """Take each sending for a new one; the constraint that would stop it is dropped beside (`CONSTRAINTS`)."""
    from signals.enums import EventStatus
    from signals.services.intake.revisions import History

    History.place = lambda *_: (EventStatus.NEW, None)  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug for bug in (no_fence, unsorted_locks, publish_after_commit, answer_before_commit, no_dedupe)
}
# What has to go from the database with a bug: two walls stand there, and the bug is that neither does.
CONSTRAINTS = {"no_dedupe": "ALTER TABLE signals_event DROP CONSTRAINT event_revision_once"}
# Which harm brings a bug to light soonest: a short storm with a bug does little else.
HARM = {
    "no_fence": ("pause worker",),
    "unsorted_locks": ("kill worker", "misbehave"),
    "publish_after_commit": ("kill worker", "kill valkey", "flush broker"),
    "answer_before_commit": ("kill web worker", "kill backend", "kill postmaster"),
    "no_dedupe": ("kill web worker", "cut connections"),
}
