"""The item of the documentation, to be varied by tests."""

from typing import Any

URL = "/api/v1/events"


def login(number: int = 1, **members: Any) -> dict[str, Any]:
    """Return the event of the documentation; a member set to ... is left out."""
    item = {
        "id": f"evt-{number}",
        "type": "login.failed",
        "time": "2026-03-01T10:00:00Z",
        "data": {"account": "a-17", "context": {"device": "d-9", "ip": "192.0.2.4"}},
    } | members
    return {name: value for name, value in item.items() if value is not ...}
