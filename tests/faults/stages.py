"""Stages and workers as processes of their own on the test's database, so that they can be killed for good."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN_STAGE = """
import sys, django
django.setup()
from django.utils import timezone
from tscore import pipeline
for name in sys.argv[1:]:
    pipeline.run_stage(name, clock=timezone.now)
"""
WORKER = "-q -A tscore worker -P threads -c 2 -l warning --without-gossip --without-mingle --without-heartbeat"
BEAT = "-q -A tscore beat -l warning --pidfile= -s"
PATIENCE_S = 60


def run_stages(*names: str, crash_at: str = "", marketplace: str = "") -> int:
    """Run stages in a fresh process and return how it ended: 0, or -9 where it was killed at its crash point."""
    command = [sys.executable, "-c", RUN_STAGE, *names]
    ended = subprocess.run(
        command, env=_environment(crash_at, marketplace), cwd=ROOT, timeout=PATIENCE_S, capture_output=True, check=False
    )
    assert ended.returncode in (0, -9), ended.stderr.decode()[-2000:]
    return ended.returncode


@contextmanager
def worker(*, crash_at: str = "", marketplace: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Run a Celery worker for as long as the block lasts."""
    with _process(WORKER.split(), crash_at, marketplace) as process:
        yield process


@contextmanager
def beat(schedule: Path, *, marketplace: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Run the tick for as long as the block lasts."""
    with _process([*BEAT.split(), str(schedule)], "", marketplace) as process:
        yield process


@contextmanager
def _process(arguments: list[str], crash_at: str, marketplace: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", *arguments],
        env=_environment(crash_at, marketplace),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_S)


def _environment(crash_at: str, marketplace: str) -> dict[str, str]:
    """Return what the process is told: leases of one second, so that a test need not wait for half a minute."""
    names = {"CRASH_AT": crash_at, "MARKETPLACE_URL": marketplace, "WORK_LEASE_S": "1"}
    return {**os.environ, **names, "DJANGO_SETTINGS_MODULE": "tscore.settings"}
