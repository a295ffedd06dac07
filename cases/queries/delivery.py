"""How effects reach the marketplace: is the endpoint taken, since when not, and what has not arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from cases.services import enforcement
from tscore.core import db
from tscore.core.models import Alarm

RECENT: Final = timedelta(days=7)
MOST_LINES: Final = 50
NOT_SET: Final = "No address is set. Give it as MARKETPLACE_URL and restart; until then actions wait."
# What an open alarm means for the endpoint; the first that is open counts.
STATES: Final = {enforcement.PAUSED: "paused", enforcement.FAILING: "failing"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address effects are sent to. `state` is delivering, failing, paused or not_set; counts are of actions."""

    name: str
    address: str
    state: str
    since: datetime | None
    said: str
    pending: int
    unknown: int
    failed: int

    @property
    def is_paused(self) -> bool:
        """Tell whether somebody has to resume it."""
        return self.state == "paused"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Actions in one state with one last word of the marketplace; `said` is empty where none was tried yet."""

    state: str
    said: str
    count: int
    oldest_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """The endpoints, and what is on its way or failed in the last days, the most numerous first."""

    endpoints: list[Endpoint]
    lines: list[Undelivered]


_OPEN = "(state IN ('pending', 'sending', 'unknown') OR state = 'failed' AND settled_at >= %(since)s)"

_COUNTS = f"SELECT state, count(*) FROM cases_action WHERE {_OPEN} GROUP BY state"

_LINES = f"""
SELECT state, last_error AS said, count(*) AS count, min(created_at) AS oldest_at, max(attempts) AS attempts
  FROM cases_action WHERE {_OPEN}
 GROUP BY state, last_error ORDER BY count(*) DESC, state, last_error LIMIT %(limit)s
"""


def delivery(*, now: datetime) -> Delivery:
    """Return where delivery stands; three statements, however much waits. It names no case and no person."""
    terms = {"since": now - RECENT, "limit": MOST_LINES}
    counts = dict(db.rows(_COUNTS, terms))
    lines = [Undelivered(**line) for line in db.dicts(_LINES, terms)]
    return Delivery([_marketplace(counts)], lines)


def _marketplace(counts: dict[str, int]) -> Endpoint:
    return Endpoint(
        name="Marketplace",
        address=settings.MARKETPLACE_URL,
        pending=counts.get("pending", 0) + counts.get("sending", 0),
        unknown=counts.get("unknown", 0),
        failed=counts.get("failed", 0),
        **_state(),
    )


def _state() -> dict[str, Any]:
    open_alarms = {alarm.key: alarm for alarm in Alarm.objects.filter(key__in=STATES, cleared_at=None)}
    for key, state in STATES.items():
        if alarm := open_alarms.get(key):
            return {"state": state, "since": alarm.since, "said": alarm.detail}
    if not settings.MARKETPLACE_URL:
        return {"state": "not_set", "since": None, "said": NOT_SET}
    return {"state": "delivering", "since": None, "said": ""}
