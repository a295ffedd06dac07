"""The files of the feature log: `day=2026-03-01/part-00000012.parquet`, each there as a whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from signals.services.feature_log import columns, statements

COMPRESSION: Final = "zstd"
_DAY: Final = "day="


def write(folder: Path, number: int, day: date, pieces: Sequence[Sequence[int]], *, mark: str) -> dict[str, Any]:
    """Write one file with the events of a day and return what the manifest says of it.

    Args:
        number: of the part; a file of the same number is replaced.
        pieces: events that are read and written at once, one row group each.
        mark: keeps the unfinished files of two writers apart.
    """
    import pyarrow.parquet as pq

    place = _made(folder / f"{_DAY}{day.isoformat()}")
    path = place / f"part-{number:08}.parquet"
    unfinished = place / f".part-{number:08}.{mark}.tmp"
    names = list(columns.FIXED)
    with pq.ParquetWriter(unfinished, columns.schema(), compression=COMPRESSION, write_statistics=names) as writer:
        for ids in pieces:
            writer.write_batch(columns.record_batch(statements.logged(ids)))
    found = _described(unfinished)
    unfinished.replace(path)
    _sync(place)
    for left_over in place.glob(f".part-{number:08}.*.tmp"):
        left_over.unlink(missing_ok=True)
    rows = sum(map(len, pieces))
    return {"path": f"{place.name}/{path.name}", "day": day.isoformat(), "rows": rows, **found}


def forget_before(folder: Path, day: date) -> int:
    """Remove the days before a day; return how many there were."""
    old = [place for place in folder.glob(f"{_DAY}*") if place.name.removeprefix(_DAY) < day.isoformat()]
    for place in old:
        shutil.rmtree(place, ignore_errors=True)
    return len(old)


def _made(place: Path) -> Path:
    if not place.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        _sync(place.parent)
    return place


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _sync(place: Path) -> None:
    """Let what was renamed or made in a folder outlive a power cut."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
