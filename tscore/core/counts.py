"""Counters that every process of one machine adds to, in one small file: how long requests take, what intake answers.

Counting must cost a busy path next to nothing and must never fail it: no statement, no lock that others wait for
longer than a write of some bytes. The file outlives restarts; whoever deletes it starts again at nought.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import struct
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

logger = logging.getLogger(__name__)

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SURFACES: Final = ("page", "api", "ingest", "assess", "probe")
STREAMS: Final = ("events", "signals", "labels")
STATUSES: Final = ("new", "superseding", "stale", "duplicate", "refused")
# What a page must know without asking the database: how many alarms are open, and when that was looked up.
OPEN_ALARMS: Final = ("alarms", "open")
LOOKED_AT: Final = ("alarms", "looked_at")
TIMES: Final = len(BUCKETS) + 2  # one count a bucket, one above them all, the sum of seconds

_SIZE: Final = struct.calcsize("d")
_LAYOUT: Final[dict[tuple[str, str], int]] = {}


def _lay_out() -> None:
    place = 0
    for surface in SURFACES:
        _LAYOUT["request", surface] = place
        place += TIMES
    for name in (*((stream, status) for stream in STREAMS for status in STATUSES), OPEN_ALARMS, LOOKED_AT):
        _LAYOUT[name] = place
        place += 1


_lay_out()
_FILE: Final = f"counts-{hashlib.sha256(repr(_LAYOUT).encode()).hexdigest()[:8]}"


class _Own:
    """The file as this process has it open; a child opens it anew after a fork, or the two would share one lock."""

    pid = 0
    file = -1
    path = ""
    lock = threading.Lock()
    is_broken = False


def _unlock_child() -> None:
    _Own.lock = threading.Lock()  # another thread may have held it when we were forked


os.register_at_fork(after_in_child=_unlock_child)


def request_took(surface: str, seconds: float) -> None:
    """Count one request and how long it took."""
    _add("request", surface, {bisect_left(BUCKETS, seconds): 1.0, TIMES - 1: seconds}, TIMES)


def intake_answered(stream: str, counts: dict[str, int]) -> None:
    """Count what became of the items of one batch."""
    for status, number in counts.items():
        if number and (stream, status) in _LAYOUT:
            _add(stream, status, {0: float(number)}, 1)


def note_alarms(*, count: int, looked_at: float) -> None:
    """Remember for every page how many alarms are open, and when that was true."""
    _put(OPEN_ALARMS, float(count))
    _put(LOOKED_AT, looked_at)


def one(group: str, name: str) -> float:
    """Return one number."""
    return _read((group, name), 1)[0]


def request_times(surface: str) -> list[float]:
    """Return the counts of each bucket (not added up), of what was slower than all, and the seconds together."""
    return _read(("request", surface), TIMES)


def _add(group: str, name: str, more: dict[int, float], length: int) -> None:
    with _opened() as file:
        if file >= 0:
            place = _LAYOUT[group, name] * _SIZE
            numbers = _unpack(os.pread(file, length * _SIZE, place), length)
            for index, number in more.items():
                numbers[index] += number
            os.pwrite(file, struct.pack(f"{length}d", *numbers), place)


def _put(name: tuple[str, str], number: float) -> None:
    with _opened() as file:
        if file >= 0:
            os.pwrite(file, struct.pack("d", number), _LAYOUT[name] * _SIZE)


def _read(name: tuple[str, str], length: int) -> list[float]:
    file = _file()
    try:
        found = os.pread(file, length * _SIZE, _LAYOUT[name] * _SIZE) if file >= 0 else b""
    except OSError:
        found = b""
    return _unpack(found, length)


def _unpack(found: bytes, length: int) -> list[float]:
    return list(struct.unpack(f"{length}d", found.ljust(length * _SIZE, b"\0")))


@contextmanager
def _opened() -> Iterator[int]:
    """Hold the file alone among threads and processes; -1 where it cannot be had."""
    with _Own.lock:
        file = _file()
        try:
            if file >= 0:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        except OSError as error:  # a full disk, say: what is counted here is worth no refused request
            _complain(error)
        finally:
            if file >= 0:
                fcntl.flock(file, fcntl.LOCK_UN)


def _file() -> int:
    path = str(settings.DATA / _FILE)
    if _Own.pid != os.getpid() or _Own.path != path:
        _Own.pid, _Own.path, _Own.is_broken = os.getpid(), path, False
        try:
            _Own.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            _Own.file = -1
            _complain(error)
    return _Own.file


def _complain(error: OSError) -> None:
    if not _Own.is_broken:
        logger.warning("Requests are not counted: %s", error)
    _Own.is_broken = True
