"""Append-only files of JSON lines that survive a kill at any moment."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class LedgerDamaged(Exception):
    """A line in the middle of this file is not JSON; restore it from a copy before starting."""


class AlreadyRunning(Exception):
    """Another marketplace uses this folder; stop it first."""


class Ledger:
    """One file of JSON lines. A line counts once it is on disk; the caller holds the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _sync_folder(path.parent)
        self.lines: list[Line] = []
        self._size = self._load()

    def append(self, line: Line) -> None:
        """Write one line and return when it is on disk.

        Raises:
            OSError: the disk did not take the line; it does not count.
        """
        written = encode(line)
        # What an earlier failed write left behind goes first, or this line would be glued to it.
        os.ftruncate(self._descriptor, self._size)
        _write_all(self._descriptor, written)
        os.fsync(self._descriptor)
        self._size += len(written)
        self.lines.append(line)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _load(self) -> int:
        """Read all lines and drop a torn last one: nobody was ever told about it."""
        content = self._path.read_bytes()
        size = 0
        for number, raw in enumerate(content.splitlines(keepends=True), start=1):
            line = _decode(raw)
            if line is None:
                if size + len(raw) < len(content):
                    raise LedgerDamaged(f"{self._path.name} line {number} is not JSON; restore it from a copy.")
                os.ftruncate(self._descriptor, size)
                os.fsync(self._descriptor)
                break
            self.lines.append(line)
            size += len(raw)
        return size


class FolderLock:
    """The right to write in one folder, held by one process at a time and freed by the kernel when it dies."""

    def __init__(self, folder: Path, *, patience_seconds: float = 5.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience_seconds
        while not self._take():
            if time.monotonic() > deadline:
                os.close(self._descriptor)
                raise AlreadyRunning(f"Another marketplace uses {folder.name}; stop it first.")
            time.sleep(0.05)

    def release(self) -> None:
        """Give the folder free."""
        os.close(self._descriptor)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def encode(line: Line) -> bytes:
    """Write one value as one line of ASCII JSON."""
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"


def _decode(raw: bytes) -> Line | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _sync_folder(folder: Path) -> None:
    """Make the new file's name itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
