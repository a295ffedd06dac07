"""Whether the collected static files are those of this checkout: collecting and compressing takes seconds."""

import hashlib
from pathlib import Path

from tscore.embedded.paths import ROOT

SOURCES = ("static", "requirements.lock", "tscore/settings.py")


def is_current(data: Path) -> bool:
    """Say whether the files were collected from exactly these sources."""
    try:
        return _stamp_file(data).read_text() == _digest()
    except FileNotFoundError:
        return False


def stamp(data: Path) -> None:
    """Remember what was collected."""
    _stamp_file(data).parent.mkdir(exist_ok=True)
    _stamp_file(data).write_text(_digest())


def _stamp_file(data: Path) -> Path:
    return data / "static" / ".sources"


def _digest() -> str:
    lines = []
    for source in (ROOT / name for name in SOURCES):
        files = source.rglob("*") if source.is_dir() else [source]
        lines += [f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files if file.is_file()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
