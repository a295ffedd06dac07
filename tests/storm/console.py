"""Starts and stops the console of a storm, and opens it: people who may review, keys that may send."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tscore.bench import server, startup
from tscore.embedded.paths import ROOT
from tscore.supervision import probes

START_S, STOP_S = 120.0, 30.0
WORK_LEASE_S = 2
SOURCE, SHOP = "storm", "storm-shop"


class NotStarted(Exception):
    """The console of the storm did not start."""


@dataclass(frozen=True)
class Console:
    """One running console: its folder and its ports; the marketplace answers at the next one."""

    data: Path
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def is_ready(self) -> bool:
        return probes.is_ok(f"{self.url}/readyz") and probes.is_ok(f"{self.shop}/healthz")


def environment(data: Path, port: int, bug: str) -> dict[str, str]:
    """Return what the processes are told: short leases and short waits, so that minutes hold many of them."""
    told = {
        "DATA": str(data), "PORT": str(port), "MARKETPLACE_PORT": str(port + 1), "DEMO": "0",
        "MARKETPLACE_URL": f"http://127.0.0.1:{port + 1}", "DJANGO_SETTINGS_MODULE": "tscore.settings",
        "WORK_LEASE_S": str(WORK_LEASE_S), "HOLD_EFFECTS_S": "1", "CLAIM_LEASE_S": "20", "STORM_BUG": bug,
    }  # fmt: skip
    inherited = startup.without_outside()
    for name in ("DATABASE_NAME", "MAKELEVEL", "CRASH_AT", "INGEST_QUEUE_URL"):
        inherited.pop(name, None)
    return {**inherited, **told}


@contextmanager
def running(data: Path, *, bug: str) -> Iterator[Console]:
    """Run a console in this folder for the length of the block."""
    port = server.free_port()
    command = [sys.executable, "-m", "tests.storm.up"]
    (data / "static").mkdir(parents=True, exist_ok=True)
    with (
        (data / "up.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment(data, port, bug), stdout=log, stderr=log) as process,
    ):
        console = Console(data, port, process.pid)
        try:
            _wait(console, process)
            yield console
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()  # its watchdog sweeps up


def _wait(console: Console, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while not console.is_ready():
        if process.poll() is not None or time.monotonic() > end:
            said = (console.data / "up.log").read_text(errors="replace").splitlines()
            raise NotStarted(" / ".join(said[-5:]))
        time.sleep(0.1)


def set_up_django(data: Path, port: int) -> None:
    """Let this process read the console's database; it never starts servers of its own."""
    os.environ.clear()
    os.environ.update(environment(data, port, ""))
    import django

    django.setup()


def open_desk(data: Path, *, seed: str, now: datetime) -> tuple[list[dict[str, str]], str]:
    """Create people and keys; return the people who review, and the token of the senders' key."""
    from tscore.core import api_keys
    from tscore.demo import desk

    people = desk.open_desk(seed=seed, now=now, domain="storm.test")
    scopes = ["events:write", "signals:write"]
    _, token = api_keys.create(name="Storm", source=SOURCE, scopes=scopes, actor=None, now=now)
    _, reports = api_keys.create(name="Storm shop", source=SHOP, scopes=["events:write"], actor=None, now=now)
    desk.write_file(data, {"ingest_key": reports})
    return people[:3], token


def ledger(console: Console) -> list[dict[str, Any]]:
    """Return the effects that took place in the marketplace, as its file tells; half a line is none yet."""
    file = console.data / "marketplace" / "ledger.jsonl"
    said = file.read_bytes() if file.exists() else b""
    return [json.loads(line) for line in said[: said.rfind(b"\n") + 1].splitlines()]
