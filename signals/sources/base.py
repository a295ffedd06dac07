"""What every loader yields: one event as it would be sent, and beside it the truth, which never enters the event."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import msgspec


class BadSource(Exception):
    """This path does not hold the files of that source."""


@dataclass(frozen=True)
class Truth:
    """What the set says about one event, and from when it may be known. Becomes a label with source `import`."""

    entity_kind: str
    entity_id: str
    abuse_type: str
    label_class: str
    known_at: datetime


@dataclass(frozen=True)
class Item:
    """One event envelope (interfaces, section 1) in the order of its `recordedtime`.

    `raw` is the text of an item that came as text: it is sent on as it stands, so that what cannot be read is refused
    with its own words and kept; its envelope is then empty.
    """

    envelope: dict[str, Any]
    truth: Truth | None = None
    raw: bytes | None = None

    def encoded(self) -> bytes:
        """Return the item as it is sent."""
        return msgspec.json.encode(self.envelope) if self.raw is None else self.raw


Loader = Callable[[Path], Iterator[Item]]


def find(path: Path, name: str) -> Path:
    """Return the named file: `path` itself or one inside it."""
    if path.is_file():
        return path
    if (path / name).is_file():
        return path / name
    raise BadSource(f"{path} holds no {name}.")


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a gzipped CSV file as dictionaries."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def open_text(path: Path) -> IO[str]:
    """Open a text file that may be gzipped."""
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def utc(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Read a naive time of a set as UTC: none of the sets states a zone."""
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def event(source: str, key: str, kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """Build an envelope; members whose value is None are left out."""
    kept = {name: value for name, value in data.items() if value is not None}
    return {"specversion": "1.0", "id": key, "source": source, "type": kind, "time": at.isoformat(), "data": kept}


def minute(start: datetime, position: int) -> datetime:
    """Give a row of a set without times a minute of its own."""
    return start + timedelta(minutes=position)
