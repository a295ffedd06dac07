"""Small builders that all stories of the demo world share."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

SOURCE = "demo"


class Timeline:
    """Collects events in any order; ids follow from the order of collection, so the same seed gives the same ids."""

    def __init__(self, source: str = SOURCE) -> None:
        self.source = source
        self.events: list[dict[str, Any]] = []
        self.guilty: set[str] = set()
        self._numbers = count(1)

    def add(self, kind: str, at: datetime, **data: Any) -> str:
        """Add one event; members whose value is None are left out. Return its id."""
        key = f"{self.source}-{next(self._numbers):06d}"
        kept = {name: value for name, value in data.items() if value is not None}
        self.events.append({"id": key, "source": self.source, "type": kind, "time": at.isoformat(), "data": kept})
        return key

    def blame(self, *names: str) -> None:
        """Say whom the demo's reviewers will find guilty; it never enters an event."""
        self.guilty.update(names)

    def in_order(self) -> list[dict[str, Any]]:
        """Return the events by time, then id."""
        return sorted(self.events, key=lambda event: (event["time"], event["id"]))


def eur(minor: int) -> dict[str, Any]:
    """Return an amount in euro cents."""
    return {"minor": int(minor), "currency": "EUR"}
