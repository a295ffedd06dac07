"""Lines of several processes on one screen, each with the name of its process in front."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

COLOURS = (34, 32, 36, 35, 33, 31)
OURS = "up"
NOISE = ("Memory overcommit must be enabled",)


class Printer:
    """Writes prefixed lines; once nobody reads them any more it says so through `on_closed`, and goes on silently."""

    def __init__(self, names: Iterable[str], *, on_closed: Callable[[], None]) -> None:
        self._names = [OURS, *names]
        self._width = max(map(len, self._names))
        self._colour = _wants_colour()
        self._on_closed = on_closed
        self._stream: TextIO | None = sys.stdout

    def say(self, name: str, text: str) -> None:
        """Write one line of this process."""
        if self._stream is None:
            return
        try:
            self._stream.write(f"{self._mark(name)} | {text}\n")
            self._stream.flush()
        except (BrokenPipeError, OSError):
            self._stream = None
            self._silence()
            self._on_closed()

    def _mark(self, name: str) -> str:
        padded = f"{name:<{self._width}}"
        if not self._colour or name not in self._names:
            return padded
        return f"\x1b[{COLOURS[self._names.index(name) % len(COLOURS)]}m{padded}\x1b[0m"

    def _silence(self) -> None:
        # Otherwise the interpreter tries to flush the rest at its end, and complains.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


class Tail:
    """Reads what was added to a file since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[str]:
        """Return the new complete lines that say something."""
        if not self._path.exists():
            return []
        if self._path.stat().st_size < self._position:  # cut short because it had grown too large
            self._position = 0
        with self._path.open("rb") as file:
            file.seek(self._position)
            new = file.read()
        complete = new[: new.rfind(b"\n") + 1]
        self._position += len(complete)
        return [
            line for line in complete.decode(errors="replace").splitlines() if not any(word in line for word in NOISE)
        ]


def _wants_colour() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
