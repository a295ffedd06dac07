"""Sends the events of the demo world, one turn ahead where that is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from django.db import connections

from signals.services import ingest
from tscore.demo.clockwork import SOURCE

Part = Sequence[dict[str, Any]]


class Sender:
    """Sends parts of the world in order; `send` of a part that was sent ahead only waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._underway: Future[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown()

    def send(self, part: Part) -> int:
        """Send a part and return how many new events are stored of it."""
        stored = self._underway.result() if self._underway else _send(part)
        self._underway = None
        return stored

    def send_ahead(self, part: Part) -> None:
        """Begin to send the part that is next."""
        self._underway = self._thread.submit(_send, part)

    def wait(self) -> None:
        """Wait until what was sent ahead is stored."""
        if self._underway:
            self._underway.result()


def moment(part: Part) -> datetime:
    """Return the instant at which a part has happened: that of its last event."""
    return datetime.fromisoformat(part[-1]["time"])


def _send(part: Part) -> int:
    items = [json.dumps(event).encode() for event in part]
    return ingest.ingest(source=SOURCE, items=items, received_at=moment(part)).counts["new"]
