"""Our own lines: one event envelope each, or `{"event": …, "truth": …}` with what is known about it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from signals.enums import CLASS_VERDICT
from signals.kinds_members import ID_LIMIT
from signals.sources.base import BadSource, Item, Truth, find

# More than any item may hold: what is longer is cut here, so that a file without line breaks needs no memory, and is
# refused as too large.
LONGEST_LINE = 256 * 1024


def jsonl(path: Path) -> Iterator[Item]:
    """Yield the lines of a file, or of `events.jsonl` in a folder; one that is no JSON is sent on as it stands."""
    for number, line in enumerate(lines(find(path, "events.jsonl")), start=1):
        if text := line.strip():
            yield _item(text, number)


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file that may be gzipped, each cut at `LONGEST_LINE`."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                _skip_rest(file)
            yield line


def _skip_rest(file: Any) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _item(line: bytes, number: int) -> Item:
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Item({}, raw=line)
    if not isinstance(record, dict):
        return Item({}, raw=line)
    if "event" not in record or "type" in record:
        return Item(record, raw=line)
    if not isinstance(record["event"], dict):
        return Item({}, raw=msgspec.json.encode(record["event"]))
    return Item(record["event"], _truth(record.get("truth"), number))


def _truth(record: Any, number: int) -> Truth | None:
    if record is None:
        return None
    try:
        return _read_truth(record)
    except (ValueError, KeyError, TypeError) as error:
        raise BadSource(f"Line {number} holds an event whose truth cannot be read: {error}.") from None


def _read_truth(record: dict[str, Any]) -> Truth:
    known_at, entity = datetime.fromisoformat(record["known_at"]), record["entity"]
    if known_at.tzinfo is None:
        raise ValueError("known_at needs an offset")
    if len(entity["id"]) > ID_LIMIT:
        raise ValueError("the id of its entity is too long")
    if record["class"] not in CLASS_VERDICT:
        raise ValueError(f"there is no class {record['class']!r}")
    return Truth(entity["kind"], entity["id"], record["abuse_type"], record["class"], known_at)
