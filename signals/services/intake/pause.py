"""No garbage collection while a batch is read and stored.

A batch makes tens of thousands of small objects that all live until its end and form no cycles: looking through them
again and again would take a fifth of its time. Nothing grows meanwhile but the batch, which is bounded.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pause:
    """How many batches are on their way in this process, and whether collection was on before the first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.was_on = True

    def begin(self) -> None:
        with self.lock:
            if not self.running:
                self.was_on = gc.isenabled()
                gc.disable()
            self.running += 1

    def end(self) -> None:
        with self.lock:
            self.running -= 1
            if not self.running and self.was_on:
                gc.enable()


_pause = _Pause()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector for the length of a block; blocks of several threads may overlap."""
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
