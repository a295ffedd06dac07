"""A console that has seen very many events: a small demo world through the real stages, then copied by the database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connections
from django.db.models import Max

from signals.models import Entity, Event
from tscore.bench import many_cases
from tscore.core import db

SQL = Path(__file__).with_suffix(".sql")
SCALE = 0.1
LIVE_IDS = 10**9
TABLES = ("entity", "event", "involvement", "link")


class History:
    """Events that are stored and scored; `grow` adds copies of the first ones."""

    def __init__(self, *, now: datetime, scale: float = SCALE) -> None:
        many_cases.play(scale=scale, now=now)
        self.entities: int = Entity.objects.aggregate(most=Max("pk"))["most"]
        self.events: int = Event.objects.aggregate(most=Max("pk"))["most"]
        self.last: datetime = Event.objects.aggregate(last=Max("received_at"))["last"]
        self.copies = 0
        for table in ("entity", "event"):  # what comes later has ids beyond all copies
            db.rows(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f"signals_{table}", LIVE_IDS], using="owner"
            )

    def grow(self, events: int) -> int:
        """Copy the first events until there are at least so many; return how many there are about."""
        wanted = max(-(-events // self.events) - 1 - self.copies, 0)
        if wanted:
            terms: dict[str, object] = {
                "copies": wanted,
                "done": self.copies,
                "entities": self.entities,
                "events": self.events,
                "last": self.last,
            }
            many_cases.as_owner(SQL.read_text(), terms)
            self.copies += wanted
        for table in TABLES:
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"VACUUM (FREEZE, ANALYZE) signals_{table}")
        return (self.copies + 1) * self.events
