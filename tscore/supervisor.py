"""`manage.py up`: the servers, the web server, worker, beat and the demo marketplace as one readable process tree.

It asks nothing and needs no terminal. Ctrl-C stops everything within 5 seconds; nothing outlives it, however it ends.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from http import HTTPStatus
from pathlib import Path

from tscore import embedded, env
from tscore.embedded import identity, locks, paths, reset
from tscore.supervision import probes
from tscore.supervision.children import Child, Plan, table
from tscore.supervision.output import Tail
from tscore.supervision.runner import Supervisor
from tscore.supervision.watchdog import Watchdog

OLD_RUN_PATIENCE_S = 10
TELL_EVERY_S = 30


class AlreadyRunning(Exception):
    """Another run has this DATA folder."""


def main() -> int:
    """Run what the environment asks for: DATA, PORT, DEMO."""
    if "MAKELEVEL" in os.environ:  # a killed make takes its shell's child with it
        identity.die_with_parent(os.getppid(), signal.SIGTERM)
    plan = Plan(embedded.data_folder(os.environ), port=env.number("PORT", 8000, most=65534), demo=env.flag("DEMO"))
    for port in (plan.port, *([plan.port + 1] if plan.demo else [])):
        if not probes.is_port_free(port):
            sys.stderr.write(f"Port {port} is taken: choose another one, as in `make run PORT=8100`.\n")
            return 1
    return run(plan)


def run(plan: Plan, children: Sequence[Child] | None = None) -> int:
    """Run these children, by default those of the table; return the exit status."""
    started_at = time.monotonic()
    _forget_half_a_world(plan)
    plan.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    servers = embedded.use(plan.data) if embedded.is_wanted(os.environ) else nullcontext()
    try:
        with _run_lock(plan.data), servers, _watchdog() as watchdog:
            return asyncio.run(_supervise(plan, children, watchdog, started_at=started_at))
    except (AlreadyRunning, embedded.ServicesFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:  # before the loop took over
        return 0


def _forget_half_a_world(plan: Plan) -> None:
    """Start a demo world anew whose filling was interrupted: half a world is of no use to anybody."""
    if plan.demo and embedded.is_wanted(os.environ) and probes.is_half_filled(plan.data):
        with suppress(reset.NotDeleted, locks.Busy):  # in use: the run lock says so in its own words
            reset.reset(plan.data)
            sys.stderr.write("The demo world was not finished last time: filling it anew.\n")


@contextmanager
def _run_lock(data: Path) -> Iterator[None]:
    """Hold the lock of the one run of this folder; after a killed run its watchdog has it until all is swept."""
    path = data / "lock"
    end = time.monotonic() + OLD_RUN_PATIENCE_S
    while True:
        try:
            with locks.held(path) as lock:
                os.ftruncate(lock, 0)
                os.pwrite(lock, str(os.getpid()).encode(), 0)
                yield
                return
        except locks.Busy:
            owner = path.read_text()
        if _lives(owner) or time.monotonic() > end:
            raise AlreadyRunning(f"Process {owner} runs on {data} already: stop it, or choose another DATA folder.")
        time.sleep(0.1)


@contextmanager
def _watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog()  # a fork: before there is any thread
    try:
        yield watchdog
    finally:
        watchdog.dismiss()


async def _supervise(plan: Plan, children: Sequence[Child] | None, watchdog: Watchdog, *, started_at: float) -> int:
    supervisor = Supervisor(table(plan) if children is None else children, plan.environment, watchdog)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, supervisor.stopping.set)
    besides = [asyncio.create_task(_tell_when_open(supervisor, plan, started_at=started_at))]
    if embedded.is_wanted(os.environ):
        besides.append(asyncio.create_task(_watch_servers(supervisor, plan)))
    went_well = await supervisor.run()
    for task in besides:
        task.cancel()
    return 0 if went_well else 1


async def _tell_when_open(supervisor: Supervisor, plan: Plan, *, started_at: float) -> None:
    if not await supervisor.settled("web"):
        return
    await supervisor.settled("fill")  # until then it cannot be ready, and each answer would be a line in the log
    told_at = time.monotonic()
    while True:
        status, body = await asyncio.to_thread(probes.status, f"http://127.0.0.1:{plan.port}/readyz")
        if status == HTTPStatus.OK:
            break
        if time.monotonic() - told_at > TELL_EVERY_S:
            told_at = time.monotonic()
            supervisor.say(f"not ready yet: {' '.join(body.split())[:200]}")
        await asyncio.sleep(1)
    seconds = time.monotonic() - started_at
    supervisor.say(f"open http://localhost:{plan.port}/   (after {seconds:.0f} s; Ctrl-C stops)")
    supervisor.say(_sign_in_hint(plan))


async def _watch_servers(supervisor: Supervisor, plan: Plan) -> None:
    tail = Tail(paths.log_file(plan.data))
    while True:
        await asyncio.sleep(1)
        for line in tail.lines():
            supervisor.printer.say("servers", line)
        if not embedded.is_kept(plan.data):  # killed, and the servers with it
            supervisor.say("the servers are gone; starting them again")
            await _start_again(supervisor, plan)


async def _start_again(supervisor: Supervisor, plan: Plan) -> None:
    try:
        again = await asyncio.to_thread(embedded.ensure, plan.data)
    except embedded.ServicesFailed as error:  # whoever watches must go on: the next look tries once more
        supervisor.say(f"{error}; trying again")
    else:
        os.close(again.lock)  # the one held since the start counts


def _sign_in_hint(plan: Plan) -> str:
    users = probes.demo(plan.data).get("users") or []
    if not users:
        return "sign in: make a first user with `manage.py createsuperuser`"
    return f"sign in as {users[0]['email']} with {users[0]['password']}   (more people in {plan.data / 'demo.json'})"


def _lives(pid: str) -> bool:
    return pid.isdigit() and identity.command_line(int(pid)) != [""]


if __name__ == "__main__":
    sys.exit(main())
