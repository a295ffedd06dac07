"""Advisory file locks. The kernel drops them with their process, so a killed holder never leaves one behind."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_S = 0.02


class Busy(Exception):
    """Somebody else holds this lock."""


def take(path: Path, *, exclusive: bool, patience_s: float = 0.0) -> int:
    """Return an open file that holds the lock until it is closed; raise Busy when it stays taken."""
    end = time.monotonic() + patience_s
    while True:
        lock = _try(path, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        if lock is not None:
            return lock
        if time.monotonic() >= end:
            raise Busy(path)
        time.sleep(PAUSE_S)


@contextmanager
def held(path: Path, *, exclusive: bool = True, patience_s: float = 0.0) -> Iterator[int]:
    """Hold the lock for the length of a block."""
    lock = take(path, exclusive=exclusive, patience_s=patience_s)
    try:
        yield lock
    finally:
        os.close(lock)


def is_free(path: Path, *, exclusive: bool = True) -> bool:
    """Say whether the lock could be had at this instant; a file that does not exist is not created."""
    try:
        lock = _try(path, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, flags=os.O_RDWR)
    except FileNotFoundError:
        return True
    if lock is not None:
        os.close(lock)
    return lock is not None


def _try(path: Path, kind: int, *, flags: int = os.O_RDWR | os.O_CREAT) -> int | None:
    lock = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
        if _is_still(path, lock):
            return lock
    except BlockingIOError:
        pass
    os.close(lock)
    return None


def _is_still(path: Path, lock: int) -> bool:
    # Between open and lock the folder may have been deleted and made anew (`make reset`, a test's folder).
    try:
        return path.stat().st_ino == os.fstat(lock).st_ino
    except FileNotFoundError:
        return False
