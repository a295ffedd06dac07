"""Looking at processes from outside, by /proc: what still lives, and whose it is."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def using(folder: Path) -> set[int]:
    """Return the living processes, not us, whose command line or environment names this folder; zombies do not live."""
    return {pid for pid in _all() if pid != os.getpid() and str(folder).encode() in _words(pid)}


def named(folder: Path, program: str) -> int:
    """Return the oldest process of this program that uses the folder."""
    return min(pid for pid in using(folder) if program in _command(pid))


def parent(pid: int) -> int:
    """Return the parent of a process, 0 when there is none."""
    lines = _read(pid, "status").decode().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("PPid:")), 0)


def becomes_true(question: Callable[[], bool], *, within_s: float) -> bool:
    """Say whether the answer turns to yes in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return question()


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command(pid: int) -> str:
    return _read(pid, "cmdline").split(b"\0")[0].decode() if _read(pid, "cmdline") else ""


def _words(pid: int) -> bytes:
    command = _read(pid, "cmdline")  # empty for a zombie
    return command + _read(pid, "environ") if command else b""


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
