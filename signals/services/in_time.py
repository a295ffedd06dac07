"""Work that somebody waits for only so long: it runs in one of a few threads with a connection of its own.

Who waits gets the time asked for, whatever happens inside: a detector that sleeps, a row that others hold, a slow
statement. What is not done by then goes on alone and ends by itself: every statement is cut off after MOST_MS.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Final

from django.db import connections

from signals.services.verdicts import MOST_MS
from tscore.core.db import rows

logger = logging.getLogger(__name__)

# Twice as many as a web process has request threads: those that were left behind do not stand in the way.
THREADS: Final = 8
_own = threading.local()


def left(deadline: float) -> float:
    """Return the seconds until a moment of the monotonic clock, nothing once it is past."""
    return max(deadline - time.monotonic(), 0.0)


def run(function: Callable[[], None], *, deadline: float) -> bool:
    """Run the function in a thread; return whether it ended in time, or raise what it raised.

    Where no thread becomes free in time it is not started at all.
    """
    future = _threads().submit(_with_own_connection, function)
    if wait([future], timeout=left(deadline)).done:
        future.result()
        return True
    if not future.cancel():
        future.add_done_callback(_log_failure)
    return False


def stop() -> None:
    """Wait for the work that was left behind, close the connections and end the threads; the next call makes others."""
    pool, together = _threads(), threading.Barrier(THREADS)
    for last in [pool.submit(_close, together) for _ in range(THREADS)]:
        last.result()
    pool.shutdown()
    _threads.cache_clear()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="in-time")


def _with_own_connection(function: Callable[[], None]) -> None:
    line = connections["default"]
    line.close_if_unusable_or_obsolete()
    line.ensure_connection()
    if getattr(_own, "prepared", None) is not line.connection:
        rows("SELECT set_config('statement_timeout', %s, false)", [f"{MOST_MS}ms"])
        _own.prepared = line.connection
    function()


def _close(together: threading.Barrier) -> None:
    together.wait()
    connections.close_all()


def _log_failure(future: Future[None]) -> None:
    if error := future.exception():
        logger.warning("Work that nobody waited for any more failed: %s", error)
