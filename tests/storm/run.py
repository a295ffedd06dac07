"""One storm from beginning to end: start, harm under load, come to rest, judge."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connections

from tests.storm import bugs, console, judge, reviewers, senders, traffic, villain, witness
from tests.storm.console import Console

SENDERS, REVIEWERS = 4, 2
LAST_WORDS_S = 30.0
LOOK_S = 0.5
Say = Callable[[str], None]

# Waits grow with each failure up to an hour. Nobody wants to sit through them once the storm is over.
HURRY_SQL = (
    "UPDATE cases_action SET next_at = now() WHERE state IN ('pending', 'unknown') AND next_at > now()",
    "UPDATE signals_event SET next_at = received_at WHERE scored_at IS NULL AND next_at > now()",
    "UPDATE signals_signal SET next_at = received_at WHERE routed_at IS NULL AND next_at > now()",
)


@dataclass
class Outcome:
    """What broke, and what happened."""

    broken: list[str]
    figures: list[str]


@dataclass
class Crowd:
    """Everybody who takes part, each in a thread of his own."""

    log: senders.Log = field(default_factory=senders.Log)
    diary: reviewers.Diary = field(default_factory=reviewers.Diary)
    threads: list[threading.Thread] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    giving_up: threading.Event = field(default_factory=threading.Event)

    def join(self, name: str, target: Callable[..., None], *args: object) -> None:
        def guarded() -> None:
            try:
                target(*args)
            except Exception as error:  # a storm whose own people fall over must not look calm
                self.log.failed("fell over", f"{name}: {type(error).__name__}: {error}")

        self.threads.append(threading.Thread(target=guarded, name=name, daemon=True))

    def work(self, seconds: float, relent: Callable[[], None]) -> None:
        """Let all work for some seconds, then let them bring home what they have begun."""
        try:
            for thread in self.threads:
                thread.start()
            time.sleep(seconds)
            self.stopping.set()
            relent()
            self._join(LAST_WORDS_S)
        finally:  # also where somebody ends the storm early
            self.stopping.set()
            self.giving_up.set()
        self._join(10)

    def _join(self, patience_s: float) -> None:
        end = time.monotonic() + patience_s
        for thread in self.threads:
            thread.join(max(end - time.monotonic(), 0))


def run(place: Console, *, seed: str, seconds: float, bug: str, patience_s: float, say: Say) -> Outcome:
    """Let the storm rage for some seconds in a running console; return what the judge found."""
    began, now = time.monotonic(), datetime.now(UTC)
    people, token = console.open_desk(place.data, seed=seed, now=now)
    witness.call(place.data, also=bugs.CONSTRAINTS.get(bug, ""))
    crowd = _crowd(place, people, token, seed=seed, now=now, pause_s=0.3)
    stopped, told = threading.Event(), _teller(say)
    harmful = villain.Villain(place, seed=seed, say=told, only=bugs.HARM.get(bug, ()))
    crowd.join("villain", harmful.run, stopped)

    def relent() -> None:
        stopped.set()
        crowd.threads[-1].join(40)

    try:
        crowd.work(seconds, relent)
    finally:
        stopped.set()
    say(f"the storm is over after {time.monotonic() - began:.0f} s")
    _rest(place, patience_s=patience_s, say=say)
    broken = judge.verdict(place, log=crowd.log, diary=crowd.diary, harm=harmful.done)
    return Outcome(broken, judge.figures(crowd.log, crowd.diary, harmful.done, console.ledger(place)))


def _crowd(
    place: Console, people: list[dict[str, str]], token: str, *, seed: str, now: datetime, pause_s: float
) -> Crowd:
    crowd = Crowd()
    for number in range(SENDERS):
        batches = traffic.batches(seed=seed, number=number, epoch=now)
        one = senders.Sender(
            place.url, token, batches, seed=f"{seed}/sender/{number}", log=crowd.log, pause_s=pause_s
        )  # fmt: skip
        crowd.join(f"sender {number}", one.run, crowd.stopping, crowd.giving_up)
    for number in range(REVIEWERS):
        person = reviewers.Reviewer(place.url, people[number], seed=f"{seed}/reviewer/{number}", diary=crowd.diary)
        crowd.join(f"reviewer {number}", person.run, crowd.stopping, crowd.giving_up)
    return crowd


def _teller(say: Say) -> Say:
    began = time.monotonic()
    return lambda text: say(f"{time.monotonic() - began:6.1f} s  {text}")


def _rest(place: Console, *, patience_s: float, say: Say) -> None:
    """Wait until nothing is left to do, or patience is over: the judge will name what is left."""
    began, left = time.monotonic(), "not asked yet"
    while left and time.monotonic() - began < patience_s:
        time.sleep(LOOK_S)
        try:
            with witness.connect(place.data) as line:
                for sql in HURRY_SQL:
                    line.execute(sql.encode())
            left = judge.waiting() or _silent(place)
        except (DatabaseError, InterfaceError, witness.Away) as error:
            left = f"the database: {error}"
            connections.close_all()
    say(f"at rest after {time.monotonic() - began:.1f} s" if not left else f"not at rest: {left}")


def _silent(place: Console) -> str:
    """Say what of the processes is not well yet: an answer, or reports of effects that are still on their way."""
    if not place.is_ready():
        return "the console does not answer"
    marks = place.data / "marketplace" / "sent.jsonl"
    told = marks.read_bytes().count(b"\n") if marks.exists() else 0
    to_tell = sum(1 for line in console.ledger(place) if line["event"])
    return "" if told >= to_tell else f"{to_tell - told} reports of effects are on their way"


def open_and_run(data: Path, *, seed: str, seconds: float, bug: str, patience_s: float, say: Say) -> Outcome:
    """Do all of it in an empty folder."""
    with console.running(data, bug=bug) as place:
        say(f"a console runs in {data} at {place.url}")
        return run(place, seed=seed, seconds=seconds, bug=bug, patience_s=patience_s, say=say)
