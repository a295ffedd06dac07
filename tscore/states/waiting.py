"""What a page says while something is late, old, held, or only partly there."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any, Final

from cases.queries.case_header import Lease

REF: Final = "C-812"
LOCKS: Final = (
    "Yours",
    "Yours, ending",
    "Somebody decides",
    "Somebody looks at it too",
    "Lease lost",
    "Already decided",
)


def locks(now: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the six states of the lock as template and context, by their names in LOCKS."""
    drawn = (
        ("cases/_lease.html", _lease("mine", now, seconds_left=540)),
        ("cases/_lease.html", _lease("mine", now, seconds_left=50)),
        ("cases/_lease.html", _lease("other", now)),
        ("cases/_presence.html", {"head": _head("mine", now), "viewers": [Row(name="Ana")]}),
        ("cases/_lease.html", _lease("free", now, lost=True)),
        ("cases/_lease.html", _lease("closed", now)),
    )
    return dict(zip(LOCKS, drawn, strict=True))


def waits(now: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is loading, old or not to be read, as template and context, by a name."""
    head = _head("mine", now)
    news = {"head": head, "new_count": 2, "new_words": "2 new findings since you opened it, marked below."}
    progress = Row(handled=40, total=120, lines=[("decided", 40)], effects={})
    job = Row(pk=1, word="bulk_running", state="running", stopped_at=None, finished_at=None)
    return {
        "Loading: the rest of a case": ("cases/_rest.html", {"head": head, "has_rest": False}),
        "Working: a bulk job": ("cases/_bulk_progress.html", {"job": job, "progress": progress, "is_working": True}),
        "Old: findings came since": ("cases/_conflict.html", news),
        "A part cannot be read": ("cases/_failed.html", {"what": "Links"}),
        "Just decided, with the way back": (
            "components/_toast.html",
            {"text": f"{REF}: lock the account.", "undo_url": "/decisions/1/reversal/", "seconds": 10},
        ),
    }


def _lease(state: str, now: datetime, *, seconds_left: int = 0, lost: bool = False) -> dict[str, Any]:
    return {"head": _head(state, now, seconds_left=seconds_left), "lost": lost, "seen": 1, "now": now}


def _head(state: str, now: datetime, *, seconds_left: int = 0) -> Row:
    lease = Lease(state, "Ana", None, seconds_left, may_hold=False, is_ending=state == "mine" and 0 < seconds_left < 60)
    decided = {"decided_by": "Ana", "decided_at": now - timedelta(minutes=12)}
    case_state = {"closed": "closed", "free": "queued"}.get(state, "reviewing")
    return Row(ref=REF, fence=1, version=1, lease=lease, state=case_state, wait="", queue_slug="ato", **decided)
