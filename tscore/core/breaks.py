"""How long a person has worked without a break, kept in their session and nowhere else.

A break of five minutes is suggested after 55 minutes of work. Whoever does nothing for five minutes had one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

WORK, BREAK = timedelta(minutes=55), timedelta(minutes=5)
STEP: Final = 60  # seconds between two notes in the session
SINCE, SEEN, PAUSED = "work_since", "work_seen", "paused_at"


def note(session: SessionBase, *, now: datetime) -> None:
    """Note that the person works, at most once a minute; a gap of five minutes begins anew."""
    moment, seen = int(now.timestamp()), session.get(SEEN, 0)
    if PAUSED in session or (moment - seen < STEP and SINCE in session):
        return
    if SINCE not in session or moment - seen >= BREAK.total_seconds():
        session[SINCE] = moment
    session[SEEN] = moment


def minutes_left(session: SessionBase, *, now: datetime) -> int:
    """Return the minutes until a break is suggested; 0 when it is."""
    worked = int(now.timestamp()) - int(session.get(SINCE, now.timestamp()))
    return max(0, -(-(int(WORK.total_seconds()) - worked) // 60))


def pause(session: SessionBase, *, now: datetime) -> None:
    """Rest from now on."""
    session[PAUSED] = int(now.timestamp())
    session.pop(SINCE, None)


def end_pause(session: SessionBase, *, now: datetime) -> None:
    """Work again if the person rested: whoever takes a case goes on."""
    if PAUSED in session:
        go_on(session, now=now)


def go_on(session: SessionBase, *, now: datetime) -> None:
    """Work again."""
    session.pop(PAUSED, None)
    session[SINCE] = session[SEEN] = int(now.timestamp())


def state(session: SessionBase, *, now: datetime) -> dict[str, Any]:
    """Return what pages show: whether the person rests, and how long until the next break."""
    return {"paused": PAUSED in session, "minutes": minutes_left(session, now=now)}
