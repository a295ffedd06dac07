"""Say how far away an instant is, the way people do. Pure: the clock is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_UNITS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"))


def span(length: timedelta) -> str:
    """Return a length such as `9 s`, `12 min`, `3 h 10 min`, `2 d 4 h` or `41 d`."""
    seconds = int(abs(length).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    for size, unit, minor_size, minor_unit in _UNITS:
        if seconds >= size:
            major, rest = divmod(seconds, size)
            minor = rest // minor_size
            return f"{major} {unit}" if not minor or major >= 10 else f"{major} {unit} {minor} {minor_unit}"
    return f"{seconds // 60} min"


def ago(moment: datetime, *, now: datetime) -> str:
    """Return `12 min ago`, `in 12 min`, or `just now` within ten seconds of now."""
    away = moment - now
    if abs(away) < timedelta(seconds=10):
        return "just now"
    return f"in {span(away)}" if away > timedelta(0) else f"{span(away)} ago"


def until(moment: datetime, *, now: datetime) -> str:
    """Return what is left until a due time, or by how much it is late."""
    return span(moment - now) if moment >= now else f"{span(moment - now)} late"
