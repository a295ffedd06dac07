"""Our own lines: one event envelope each, or `{"event": …, "truth": …}` with what is known about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from signals.sources.base import BadSource, Item, Truth, find, open_text


def jsonl(path: Path) -> Iterator[Item]:
    """Yield the lines of a file, or of `events.jsonl` in a folder."""
    with open_text(find(path, "events.jsonl")) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _item(line, number)


def _item(line: str, number: int) -> Item:
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise TypeError("it is no object")
        if "event" in record and "type" not in record:
            return Item(record["event"], _truth(record.get("truth")))
        return Item(record)
    except (ValueError, KeyError, TypeError) as error:
        raise BadSource(f"Line {number} is neither an event nor an event with its truth: {error}.") from None


def _truth(record: dict[str, Any] | None) -> Truth | None:
    if record is None:
        return None
    known_at = datetime.fromisoformat(record["known_at"])
    if known_at.tzinfo is None:
        raise ValueError("known_at needs an offset")
    entity = record["entity"]
    return Truth(entity["kind"], entity["id"], record["abuse_type"], record["class"], known_at)
