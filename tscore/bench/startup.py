"""`make run`: how long until the filled console answers, and how much memory everything then takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tscore.bench import report, server
from tscore.bench.report import Line
from tscore.embedded.paths import ROOT
from tscore.supervision import probes

READY_S, MEMORY_MB = 90, 1000
PATIENCE_S, REST_S = 400.0, 20.0


class NotReady(Exception):
    """The console did not become ready."""


def run(data: Path, environment: Mapping[str, str]) -> list[Line]:
    """Run the console in an empty folder as `make run` does, and stop it again."""
    began, port = time.monotonic(), server.free_port()
    with _console(data, port, environment) as console:
        readyz = _until(lambda: probes.is_ok(f"http://127.0.0.1:{port}/readyz"), console, data) - began
        filled = _until(lambda: probes.is_filled(data), console, data) - began
        time.sleep(REST_S)
        memory = {pid: size for pid in family(console.pid, data) if (size := pss(pid))}
    how = f"from an empty DATA folder with the packages installed; {report.load()}"
    return [
        report.line("run_ready", round(readyz, 1), "s", f"/readyz answers 200, {how}", at_most=READY_S),
        report.line("run_filled", round(filled, 1), "s", f"demo world complete, {how}", at_most=READY_S),
        report.line(
            "run_memory", round(sum(memory.values()) / 1000), "MB",
            f"PSS of {len(memory)} processes, {REST_S:.0f} s after the end of the filling", at_most=MEMORY_MB,
        ),
    ]  # fmt: skip


@contextmanager
def _console(data: Path, port: int, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    data.mkdir(parents=True, exist_ok=True)
    told = {**environment, "DATA": str(data), "PORT": str(port), "DEMO": "1"}
    told.pop("MAKELEVEL", None)
    with (
        (data / "up.log").open("wb") as log,
        subprocess.Popen([sys.executable, "manage.py", "up"], cwd=ROOT, env=told, stdout=log, stderr=log) as console,
    ):
        try:
            yield console
        finally:
            console.send_signal(signal.SIGINT)
            console.wait(30)


def _until(is_so: object, console: subprocess.Popen[bytes], data: Path) -> float:
    """Return the moment at which something became true."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():  # type: ignore[operator]
        if console.poll() is not None or time.monotonic() > end:
            said = (data / "up.log").read_text(errors="replace").splitlines()
            raise NotReady(f"The console was not ready after {PATIENCE_S:.0f} s: {' / '.join(said[-5:])}")
        time.sleep(0.2)
    return time.monotonic()


def family(root: int, data: Path) -> list[int]:
    """Return a process, the keeper of its servers, and all that descends from either."""
    parents = {pid: parent for pid in _pids() if (parent := _parent(pid))}
    wanted = {root} | {pid for pid in parents if _is_keeper(pid, data)}
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return sorted(wanted)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _is_keeper(pid: int, data: Path) -> bool:
    words = _read(pid, "cmdline").split("\0")
    return "tscore.embedded.keeper" in words and str(data) in words


def _parent(pid: int) -> int:
    found = _read(pid, "stat").rpartition(")")[2].split()
    return int(found[1]) if found else 0


def pss(pid: int) -> int:
    """Return the proportional set size in kB: shared pages are shared out among those who use them."""
    for row in _read(pid, "smaps_rollup").splitlines():
        if row.startswith("Pss:"):
            return int(row.split()[1])
    return 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:  # it ended meanwhile
        return ""


def without_outside(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without addresses of databases that are not the bench's own."""
    outside = {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "DATABASE_SEALER_URL",
        "BROKER_URL",
        "DEMO_EPOCH",
        "DEMO_SCALE",
        "ANCHORS",
    }
    given = os.environ if environ is None else environ
    return {name: value for name, value in given.items() if name not in outside}
