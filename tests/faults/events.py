"""Sign-ins through the real ingest service: one address that tries the doors of many accounts."""

import json
from datetime import datetime, timedelta

from signals.services import ingest


def accept_spraying(accounts: int = 12, *, at: datetime, first: int = 0) -> list[str]:
    """Send two failed sign-ins at each account, all from one address; return the ids of the accepted events."""
    items = [_login(number, attempt, at) for attempt in range(2) for number in range(first, first + accounts)]
    answer = ingest.ingest(source="shop-eu", items=[json.dumps(item).encode() for item in items], received_at=at)
    assert answer.counts["refused"] == 0, answer
    return [str(item["id"]) for item in items]


def _login(number: int, attempt: int, at: datetime) -> dict[str, object]:
    data = {
        "account": f"a-{number}",
        "method": "password",
        "failure": "wrong_password",
        "context": {"ip": "198.51.100.7", "session": f"s-{number}-{attempt}"},
    }
    happened = (at + timedelta(seconds=number + 60 * attempt)).isoformat()
    name = f"evt-{number}-{attempt}"
    return {"specversion": "1.0", "id": name, "type": "login.failed", "time": happened, "data": data}
