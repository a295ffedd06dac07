"""The villain: kills, pauses, floods out and lies, at moments and in an order that follow from the seed.

He harms only what the storm started: processes below its supervisor, and the servers of its folder.
"""

from __future__ import annotations

import heapq
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random

import psycopg
import urllib3

from tests.storm import witness
from tests.storm.console import WORK_LEASE_S, Console
from tscore.bench.startup import family
from tscore.embedded import valkey

MODES = ("500", "429", "slow", "drop", "late", "lose", "hang")
KINDS = (
    "kill web worker", "kill worker", "kill beat", "kill backend", "kill postmaster", "kill valkey",
    "kill marketplace", "restart servers", "flush broker", "pause worker", "misbehave", "cut connections",
)  # fmt: skip
OFTEN = ("kill web worker", "kill worker", "pause worker", "flush broker", "misbehave")
PAUSE_S = WORK_LEASE_S * 1.8
LEASED = "SELECT count(*) FROM signals_event WHERE scored_at IS NULL AND leased_until > now()"


class Villain:
    """Takes his kinds of harm out of a shuffled bag, so that each comes about equally often."""

    def __init__(self, console: Console, *, seed: str, say: Callable[[str], None], only: tuple[str, ...] = ()) -> None:
        self.console, self.say, self.seed = console, say, seed
        self.plan, self.random = Random(f"{seed}/villain"), Random()
        self.bag, self.done = self._bag(only or (*KINDS, *OFTEN)), Counter[str]()
        self.later: list[tuple[float, int, Callable[[], None]]] = []
        self.numbers, self.paused = count(), set[int]()

    def run(self, stopping: threading.Event) -> None:
        """Do harm until it is time to stop, then put right what would not come right by itself."""
        next_at = time.monotonic() + 1
        while not stopping.wait(0.02):
            now = time.monotonic()
            while self.later and self.later[0][0] <= now:
                heapq.heappop(self.later)[2]()
            if now >= next_at:
                self._harm(next(self.bag))
                next_at = time.monotonic() + self.plan.uniform(0.4, 2.4)
        self.relent()

    def relent(self) -> None:
        """Let paused processes go on, and the marketplace behave."""
        for pid in list(self.paused):
            self._wake(pid)
        end = time.monotonic() + 20
        while not self._tell_shop({"mode": "ok"}) and time.monotonic() < end:
            time.sleep(0.2)

    def _bag(self, kinds: tuple[str, ...]) -> Iterator[str]:
        while True:
            yield from self.plan.sample(kinds, len(kinds))

    def _harm(self, kind: str) -> None:
        """Do one thing; its own chance does not depend on what was found by those before."""
        self.random = Random(f"{self.seed}/{sum(self.done.values())}/{kind}")
        self.done[kind] += 1
        try:
            self.say(f"{kind} {HARM[kind](self)}")
        except (OSError, psycopg.Error):  # the database is down, or the process ended by itself
            self.say(f"{kind} (not possible now)")

    def _kill(self, word: str) -> str:
        pid = self.random.choice(sorted(self._find(word)) or [0])
        if pid:
            os.kill(pid, signal.SIGKILL)
        return str(pid or "(none)")

    def _kill_web(self) -> str:
        found = sorted(self._find("tests.storm.wsgi:application"))
        pid = self.random.choice(found[1:] or [0])  # the oldest is the parent of the others
        if pid:
            os.kill(pid, signal.SIGKILL)
        return str(pid or "(none)")

    def _kill_postmaster(self) -> str:
        pid = int((self.console.data / "pg" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)
        return str(pid)

    def _cut(self) -> str:
        """End every connection to the database, with what it was about."""
        sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename <> 'tscore'"
        with witness.connect(self.console.data) as line:
            return str(line.execute(sql + " AND pid <> pg_backend_pid()").fetchone()[0])  # type: ignore[index]

    def _flush(self) -> str:
        return valkey.ask(self.console.data, "FLUSHALL").decode().strip() or "(nobody there)"

    def _misbehave(self) -> str:
        mode, share = self.random.choice(MODES), self.random.uniform(0.3, 1)
        seconds = self.random.uniform(1, 4) if mode in ("slow", "hang") else 0.0
        plan = {"mode": mode, "share": share, "seconds": seconds, "seed": self.random.randrange(10**6)}
        self._tell_shop(plan)
        self._after(self.random.uniform(2, 5), lambda: self._tell_shop({"mode": "ok"}))
        return mode

    def _pause(self) -> str:
        """Stop a worker that holds leases, for longer than they last; the other one takes over."""
        workers = sorted(pid for pid in self._find("tests.storm.worker") if pid not in self.paused)
        self.random.shuffle(workers)
        for pid in workers:
            if self._stop_in_the_middle(pid):
                self._after(PAUSE_S, lambda pid=pid: self._wake(pid))  # type: ignore[misc]
                return f"{pid}, which holds leases"
        return "(nobody held a lease)"

    def _stop_in_the_middle(self, pid: int) -> bool:
        """Stop a worker at a moment when somebody holds leases; let it go on where it was the other one."""
        with witness.connect(self.console.data) as line:
            for _ in range(100):
                if line.execute(LEASED).fetchone()[0]:  # type: ignore[index]
                    os.kill(pid, signal.SIGSTOP)
                    self.paused.add(pid)
                    time.sleep(0.6)
                    if line.execute(LEASED).fetchone()[0] and self._still(line):  # type: ignore[index]
                        return True
                    self._wake(pid)
                time.sleep(0.005)
        return False

    def _still(self, line: psycopg.Connection) -> bool:
        """Tell whether a lease is so old that its holder must be the one that stands still."""
        old = f"{LEASED} AND leased_until < now() + interval '{WORK_LEASE_S - 0.5} s'"
        return bool(line.execute(old.encode()).fetchone()[0])  # type: ignore[index]

    def _wake(self, pid: int) -> None:
        self.paused.discard(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    def _after(self, seconds: float, act: Callable[[], object]) -> None:
        heapq.heappush(self.later, (time.monotonic() + seconds, next(self.numbers), lambda: (act(), None)[1]))

    def _tell_shop(self, plan: dict[str, object]) -> bool:
        try:
            return urllib3.request(
                "POST", f"{self.console.shop}/faults", json=plan, retries=False, timeout=2.0
            ).status == 200  # fmt: skip
        except (urllib3.exceptions.HTTPError, OSError):
            return False

    def _find(self, word: str) -> set[int]:
        """Return the storm's processes whose command line holds this word."""
        return {pid for pid in family(self.console.pid, self.console.data) if word in _words(pid)}


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def _kill_backend(villain: Villain) -> str:
    with witness.connect(villain.console.data) as line:
        sql = "SELECT pid FROM pg_stat_activity WHERE usename = 'app' ORDER BY pid"
        pids = [pid for (pid,) in line.execute(sql)]
    pid = villain.random.choice(pids or [0])
    if pid:
        os.kill(pid, signal.SIGKILL)
    return str(pid or "(none)")


HARM: dict[str, Callable[[Villain], str]] = {
    "kill web worker": Villain._kill_web,
    "kill worker": lambda villain: villain._kill("tests.storm.worker"),
    "kill beat": lambda villain: villain._kill(" beat "),
    "kill backend": _kill_backend,
    "kill postmaster": Villain._kill_postmaster,
    "kill valkey": lambda villain: villain._kill("valkey-server"),
    "kill marketplace": lambda villain: villain._kill("tscore.marketplace"),
    "restart servers": lambda villain: villain._kill("tscore.embedded.keeper"),
    "flush broker": Villain._flush,
    "pause worker": Villain._pause,
    "misbehave": Villain._misbehave,
    "cut connections": Villain._cut,
}
