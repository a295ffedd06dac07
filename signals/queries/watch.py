"""What waits and what goes wrong on the side of evidence: cheap figures for alarms, metrics and the status page.

Each statement reads a bounded number of rows by an index that exists for the work itself, so that looking every few
seconds costs nothing, however much is stored and however much waits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tscore.core.db import rows

MOST: Final = 100_000
_SAMPLE: Final = 1000
_LOOKED_THROUGH: Final = 10_000

_OLDEST_EVENT = "SELECT received_at FROM signals_event WHERE scored_at IS NULL ORDER BY id LIMIT 1"

# Waiting is a live signal that still stands; findings of the shadow are only marked as routed, and soon.
_OLDEST_SIGNAL = f"""
SELECT min(received_at) FROM (
    SELECT received_at, mode FROM signals_signal WHERE routed_at IS NULL ORDER BY id LIMIT {_LOOKED_THROUGH}) waiting
WHERE mode = 'live'"""

_WAITING = """
SELECT (SELECT count(*) FROM (SELECT FROM signals_event WHERE scored_at IS NULL LIMIT %(most)s) AS counted),
       (SELECT count(*) FROM (SELECT FROM signals_signal WHERE routed_at IS NULL LIMIT %(most)s) AS counted)"""

_UNSCORABLE = f"""
SELECT count(*) FROM (
    SELECT last_error FROM signals_event WHERE scored_at IS NULL ORDER BY id LIMIT {_LOOKED_THROUGH}) waiting
WHERE last_error <> ''"""

_DEAD_LETTERS = """
SELECT (SELECT count(*) FROM (SELECT FROM signals_deadletter WHERE state = 'open' LIMIT %(most)s) AS counted),
       (SELECT count(*) FROM (SELECT received_at FROM signals_deadletter ORDER BY id DESC LIMIT %(most)s) AS newest
         WHERE received_at > %(since)s)"""

_UNKEPT = "SELECT coalesce(sum(unkept), 0) FROM signals_deadlettertally WHERE unkept_at > %s"

# History is loaded with old times on purpose.
_FAR_OFF = f"""
SELECT count(*) FILTER (WHERE flags @> '{{time_far_off}}'), count(*) FROM (
    SELECT flags, received_at FROM signals_event ORDER BY id DESC LIMIT {_SAMPLE}) newest
WHERE received_at > %s AND NOT flags @> '{{backfill}}'"""

_PLACES = """
SELECT (SELECT coalesce(max(id), 0) FROM signals_event), (SELECT coalesce(max(id), 0) FROM signals_signal),
       (SELECT coalesce(max(id), 0) FROM signals_deadletter)"""


def oldest_unscored() -> datetime | None:
    """Return when the event arrived that has waited longest to be scored."""
    found = rows(_OLDEST_EVENT)
    return found[0][0] if found else None


def oldest_unrouted() -> datetime | None:
    """Return when the signal arrived that has waited longest for its case."""
    found: datetime | None = rows(_OLDEST_SIGNAL)[0][0]
    return found


def waiting() -> tuple[int, int]:
    """Return how many events wait to be scored and how many signals to be routed, each counted up to `MOST`."""
    [(events, signals)] = rows(_WAITING, {"most": MOST})
    return events, signals


def unscorable() -> int:
    """Return how many waiting events failed when they were scored by themselves."""
    return int(rows(_UNSCORABLE)[0][0])


def dead_letters(*, since: datetime, most: int) -> tuple[int, int]:
    """Return how many refused items are open, and how many came after `since`, each counted up to `most`."""
    [(is_open, new)] = rows(_DEAD_LETTERS, {"most": most, "since": since})
    return is_open, new


def unkept_letters(*, since: datetime) -> int:
    """Return how many refused items were only counted, of the senders and reasons where any was since then."""
    return int(rows(_UNKEPT, [since])[0][0])


def far_off(*, since: datetime) -> tuple[int, int]:
    """Return how many of the newest events since then have a time far from ours, and of how many."""
    [(flagged, seen)] = rows(_FAR_OFF, [since])
    return flagged, seen


def newest_places() -> tuple[int, int, int]:
    """Return the highest row numbers of events, signals and dead letters: they grow with what is stored."""
    [(events, signals, letters)] = rows(_PLACES)
    return events, signals, letters
