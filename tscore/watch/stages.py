"""What each stage has done so far, added up in the database, so that whoever is asked gives the same answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tscore.core.db import rows
from tscore.core.models import StageCount

# The stage that looks does so every 15 seconds; who has not looked for this long is not there.
ASLEEP_AFTER: Final = timedelta(seconds=90)

_NOTE = """
INSERT INTO core_stagecount (name, handled, runs, seconds, last_at)
VALUES (%(name)s, %(handled)s, 1, %(seconds)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET
    handled = core_stagecount.handled + excluded.handled, runs = core_stagecount.runs + 1,
    seconds = core_stagecount.seconds + excluded.seconds,
    last_at = greatest(core_stagecount.last_at, excluded.last_at)"""


def note(name: str, *, handled: int, seconds: float, now: datetime) -> None:
    """Add one run of a stage."""
    rows(_NOTE, {"name": name, "handled": handled, "seconds": seconds, "now": now})


def all_counts() -> list[StageCount]:
    """Return what every stage has done, by name."""
    return list(StageCount.objects.order_by("name"))


def last_look(name: str) -> datetime | None:
    """Return when a stage last noted that it ran."""
    return StageCount.objects.filter(name=name).values_list("last_at", flat=True).first()
