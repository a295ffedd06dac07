"""The console's worker and clock while it is measured, with a hundred rules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from tscore.bench import startup
from tscore.embedded import run_dir
from tscore.supervision.children import CELERY, WORKER

APP = CELERY.replace("-A tscore", "-A tscore.bench.worker")
STOP_S = 30.0


@contextmanager
def running() -> Iterator[int]:
    """Run one worker and the clock; give the worker's process id."""
    place = run_dir(Path(settings.DATA))
    beat = f"{CELERY} beat -l error -s {place}/beat-bench --pidfile="
    with ExitStack() as stack:
        worker = stack.enter_context(_process(f"{APP} {WORKER}"))
        stack.enter_context(_process(beat))
        yield worker.pid


@contextmanager
def _process(words: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", *words.split()], cwd=settings.BASE_DIR) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(STOP_S)


def memory_mb(pid: int) -> float:
    """Return the proportional set size of a process."""
    return startup.pss(pid) / 1000
