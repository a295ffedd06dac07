"""Fills the console with the demo world: events through the real ingest, cases by the real stages, decisions by claim.

One process steps the pipeline with the simulated time of the events. After each decision it waits until the
marketplace's answers are stored, so that a second world of the same seed sees the same order. In a turn in which
nobody decides, the next events are sent while these are scored: scoring sees nothing that was observed later, and all
other stages wait until both are done, so that the order is still always the same.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils import timezone

from signals.services import scoring
from tscore import pipeline
from tscore.core import heap
from tscore.demo import ahead, desk, rounds, world
from tscore.demo.people import DAYS

BATCH = 500
ROUNDS = 4  # every how many turns the reviewers sit down and decide what is queued
Say = Callable[[str], None]


class Stuck(Exception):
    """The demo world could not be filled."""


def fill(*, say: Say) -> None:
    """Fill the world unless DATA/demo.json says that it is filled."""
    known = desk.read_file(settings.DATA)
    if known and known.get("filled"):
        return
    if known:
        raise Stuck(f"A demo world was begun in {settings.DATA} and not finished: run `make reset` and start again.")
    epoch = _epoch()
    start = epoch - timedelta(days=DAYS)
    content = _introduce(epoch, start)
    built = world.build(seed=settings.DEMO_SEED, epoch=epoch, scale=settings.DEMO_SCALE)
    heap.settle()  # the world stays: nobody has to look through it again and again
    _tell_marketplace(built.events)
    _play(built.events, rounds.Rounds(built, epoch=epoch), say=say)
    desk.write_file(settings.DATA, {**content, "filled": True})


def _epoch() -> datetime:
    if settings.DEMO_EPOCH:
        epoch = datetime.fromisoformat(settings.DEMO_EPOCH)
        if epoch.tzinfo is None:
            raise Stuck("DEMO_EPOCH needs an offset, as in 2026-03-01T10:00:00Z.")
        return epoch
    return timezone.now().replace(second=0, microsecond=0)


def _introduce(epoch: datetime, start: datetime) -> dict[str, Any]:
    content = {
        "base_url": f"http://localhost:{settings.PORT}",
        "seed": settings.DEMO_SEED,
        "scale": settings.DEMO_SCALE,
        "epoch": epoch.isoformat(),
        "marketplace_url": settings.MARKETPLACE_URL,
        "users": desk.open_desk(seed=settings.DEMO_SEED, now=start),
        "ingest_key": desk.ingest_key(now=timezone.now()),
        "filled": False,
    }
    desk.write_file(settings.DATA, content)
    return content


def _tell_marketplace(events: list[dict[str, Any]]) -> None:
    """Tell the demo marketplace about its own payments and payouts, so that its answers name the right people."""
    known = [
        {"kind": kind, "id": event["data"][kind], "members": {**event["data"], "context": None}}
        for event in events
        for kind in ("payment", "payout")
        if event["type"].startswith(f"{kind}.") and kind in event["data"]
    ]
    for part in batches(known, 60):
        body = json.dumps([{**one, "members": _plain(one["members"])} for one in part]).encode()
        request = urllib.request.Request(
            f"{settings.MARKETPLACE_URL}/known", body, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


def _plain(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name in {"account", "payout_account", "amount"}}


def _play(events: list[dict[str, Any]], reviewers: rounds.Rounds, *, say: Say) -> None:
    began, done = time.monotonic(), 0
    with ahead.Sender() as sender:
        for number, (part, following) in enumerate(pairwise([*turns(events), []]), 1):
            now = ahead.moment(part)
            stored = sender.send(part)
            at_desk = number % ROUNDS == 0
            if following and not at_desk:
                sender.send_ahead(following)
            scoring.score_pending(limit=stored, now=now)  # what was sent ahead has a turn of its own
            sender.wait()
            pipeline.run_all(clock=lambda: now, leaving_out={"score"})  # noqa: B023  (called before the next turn)
            reviewers.book_chargebacks(now)
            if at_desk:
                reviewers.decide(now)
            done += len(part)
            if done // BATCH % 10 == 0 or done == len(events):
                say(f"{done:,} of {len(events):,} events, {done / (time.monotonic() - began):,.0f} a second")
    reviewers.finish(now)
    pipeline.run_stage("rings", clock=lambda: now)  # as the night after would


def turns(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the events in lists of about `BATCH`; what happened at the same instant stays together."""
    turn: list[dict[str, Any]] = []
    for event in events:
        if len(turn) >= BATCH and event["time"] != turn[-1]["time"]:
            yield turn
            turn = []
        turn.append(event)
    yield turn


def batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of at most `size`."""
    for position in range(0, len(items), size):
        yield items[position : position + size]
