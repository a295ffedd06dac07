"""Real threads against the real database, each with a connection of its own, all starting at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def side_by_side(work: Callable[[int], T], *, threads: int, patience_s: float = 120) -> list[T]:
    """Run `work(number)` in each thread; return the results by number, or raise the first error."""
    start = threading.Barrier(threads)

    def run(number: int) -> T:
        try:
            start.wait(timeout=patience_s)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return [future.result(timeout=patience_s) for future in [pool.submit(run, n) for n in range(threads)]]
