"""Room on the disk: before it is gone, new items are refused, so that what was accepted can still be worked on."""

from __future__ import annotations

import os
import time
from typing import Final

from django.conf import settings

from tscore.core.errors import Busy

LOOK_EVERY_S: Final = 1.0
_looked: tuple[float, int] | None = None


class DiskNearlyFull(Busy):
    """The disk is nearly full, so nothing new is taken. What was accepted is kept; send this again later."""

    code = "disk_nearly_full"

    def __init__(self) -> None:
        super().__init__(retry_after_s=30)


def require_room() -> None:
    """Refuse new items while less than `settings.INTAKE_DISK_FREE_MB` is free where our data lies.

    Raises:
        DiskNearlyFull: somebody has to make room first.
    """
    if _free_mb() < settings.INTAKE_DISK_FREE_MB:
        raise DiskNearlyFull


def _free_mb() -> int:
    """Return what is free, looked up at most once a second."""
    global _looked  # noqa: PLW0603  (one figure a process; two threads that look at once see the same)
    now = time.monotonic()
    if _looked is None or now - _looked[0] > LOOK_EVERY_S:
        _looked = now, _look()
    return _looked[1]


def _look() -> int:
    try:
        found = os.statvfs(settings.DATA)
    except FileNotFoundError:  # all data lies elsewhere: with services of one's own there may be no folder here
        return 2**31
    return found.f_bavail * found.f_frsize // 2**20
