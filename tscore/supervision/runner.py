"""Keeps the processes of the table: start in order, print, start again with back-off, stop within seconds."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tscore.embedded.identity import die_with_parent
from tscore.embedded.paths import ROOT
from tscore.supervision.children import Child
from tscore.supervision.output import OURS, Printer
from tscore.supervision.watchdog import Watchdog, kill_group

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
HEALTHY_AFTER_S = 60
LONGEST_LINE = 2**20
ATTEMPTS_BEFORE_READY = 4
POLL_S = 0.05
STOP_PATIENCE_S = {1: 2.5, 2: 0.7}


class ChildFailed(Exception):
    """A process that everything else waits for did not do its work."""


@dataclass
class Running:
    """A child's current process."""

    process: asyncio.subprocess.Process
    reader: "asyncio.Task[None]"
    started_at: float


class Supervisor:
    """One run of a table of children. Create it inside the event loop's thread, which is the main thread."""

    def __init__(self, children: Sequence[Child], environment: Mapping[str, str], watchdog: Watchdog) -> None:
        self.children = children
        self.environment = {**os.environ, **environment}
        self.stopping = asyncio.Event()
        self.failure = ""
        self.printer = Printer([*(child.name for child in children), "servers"], on_closed=self.stopping.set)
        self._watchdog = watchdog
        self._settled = {child.name: asyncio.Event() for child in children}
        self._running: dict[str, Running] = {}

    def say(self, text: str) -> None:
        """Print a line of the supervisor itself."""
        self.printer.say(OURS, text)

    async def settled(self, *names: str) -> bool:
        """Wait until these children are ready or done; return whether all of them run here at all."""
        present = [name for name in names if name in self._settled]
        for name in present:
            await self._settled[name].wait()
        return len(present) == len(names)

    async def run(self) -> bool:
        """Run everything until somebody says stop; return whether all went well."""
        tasks = [asyncio.create_task(self._guard(child)) for child in self.children]
        await self.stopping.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        began = time.monotonic()
        await self._stop_all()
        self.say(f"stopped in {time.monotonic() - began:.1f} s")
        return not self.failure

    async def _guard(self, child: Child) -> None:
        try:
            await self.settled(*child.after)
            await (self._run_once(child) if child.once else self._keep(child))
        except (ChildFailed, OSError) as error:
            self.failure = str(error)
            self.say(f"{error}; stopping")
            self.stopping.set()

    async def _run_once(self, child: Child) -> None:
        running = await self._spawn(child)
        code = await self._ended(child, running)
        if code:
            raise ChildFailed(f"{child.name} failed with {code}")
        child.then()
        self.say(f"{child.name} done after {time.monotonic() - running.started_at:.1f} s")
        self._settled[child.name].set()

    async def _keep(self, child: Child) -> None:
        failures = 0
        while True:
            running = await self._spawn(child)
            watch = asyncio.create_task(self._announce(child, running))
            try:
                code = await self._ended(child, running)
            finally:
                watch.cancel()
            failures = 1 if time.monotonic() - running.started_at > HEALTHY_AFTER_S else failures + 1
            if failures >= ATTEMPTS_BEFORE_READY and not self._settled[child.name].is_set():
                raise ChildFailed(f"{child.name} ended with {code}, {failures} times before it was ready")
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failures - 1))
            self.say(f"{child.name} ended with {code}; again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _announce(self, child: Child, running: Running) -> None:
        while not await asyncio.to_thread(child.is_ready):
            await asyncio.sleep(POLL_S)
        if running.process.returncode is None:
            self.say(f"{child.name} runs (process {running.process.pid})")
            self._settled[child.name].set()

    async def _spawn(self, child: Child) -> Running:
        parent = os.getpid()
        process = await asyncio.create_subprocess_exec(
            *child.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=ROOT,
            env={**self.environment, **child.environment},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the others in order
            preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),
            limit=LONGEST_LINE,
        )
        self._watchdog.add(process.pid)
        reader = asyncio.create_task(self._print(child, process))
        self._running[child.name] = Running(process, reader, time.monotonic())
        return self._running[child.name]

    async def _print(self, child: Child, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than a line may be: the reader has dropped it
                continue
            if not line:
                return
            self.printer.say(child.name, line.decode(errors="replace").rstrip())

    async def _ended(self, child: Child, running: Running) -> int:
        code = await running.process.wait()
        kill_group(running.process.pid, signal.SIGKILL)  # what it left in its group
        self._watchdog.remove(running.process.pid)
        del self._running[child.name]
        await asyncio.wait({running.reader}, timeout=0.5)
        return code

    async def _stop_all(self) -> None:
        for turn, patience_s in STOP_PATIENCE_S.items():
            names = [child.name for child in self.children if child.stopped == turn and child.name in self._running]
            await asyncio.gather(*(self._stop(name, patience_s) for name in names))

    async def _stop(self, name: str, patience_s: float) -> None:
        process = self._running[name].process
        kill_group(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), patience_s)
        except TimeoutError:
            self.say(f"{name} did not stop in time: killed")
        kill_group(process.pid, signal.SIGKILL)
        await process.wait()
        await asyncio.wait({self._running[name].reader}, timeout=0.2)
        self._watchdog.remove(process.pid)
