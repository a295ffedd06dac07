"""A second process that outlives the supervisor only to stop what it leaves behind: SIGKILL, out of memory, a crash."""

import os
import signal
import time
from contextlib import suppress

PATIENCE_S = 2.5


class Watchdog:
    """Knows the process groups of all children. It inherits the run lock and the lock on the servers on purpose.

    So a new run waits until the old one is swept, and the servers stop after those who use them.
    """

    def __init__(self) -> None:
        read, self._write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._write)
                _watch(read)
            finally:
                os._exit(0)
        os.close(read)

    def add(self, pid: int) -> None:
        """Remember a child, which leads a process group."""
        os.write(self._write, f"+{pid}\n".encode())

    def remove(self, pid: int) -> None:
        """Forget a child that has ended."""
        os.write(self._write, f"-{pid}\n".encode())

    def dismiss(self) -> None:
        """Let the watchdog end: whatever it still knows it stops."""
        os.close(self._write)
        os.waitpid(self.pid, 0)


def kill_group(pid: int, number: int) -> None:
    """Send a signal to the whole group of a child."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _watch(read: int) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    groups: set[int] = set()
    with os.fdopen(read) as orders:
        for line in orders:  # ends when the supervisor does
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    _sweep(groups)


def _sweep(groups: set[int]) -> None:
    for pid in groups:
        kill_group(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and any(_lives(pid) for pid in groups):
        time.sleep(0.05)
    for pid in groups:
        kill_group(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS, of a zombie
        return False
    return True
