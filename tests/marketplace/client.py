"""What the console does towards a marketplace, in as few lines as possible."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import urllib3
from standardwebhooks import Webhook

SECRET = "whsec_bWFya2V0cGxhY2UtdGVzdC1zZWNyZXQtMzItYnl0ZXM="
DECIDED_AT = "2026-03-01T10:00:00+01:00"


def body_of(
    action: str, kind: str = "account.suspend", target: tuple[str, str] = ("account", "a-17"), **more: Any
) -> str:
    data = {"action": action, "kind": kind, "target": {"kind": target[0], "id": target[1]}, "parameters": {}}
    data |= {"reverses": None, "case": "C-812", "policy": "ato@3", "actor": "rv_7f3a", "decided_at": DECIDED_AT}
    return json.dumps({"type": "action.requested", "timestamp": DECIDED_AT, "data": data | more})


def signed(action: str, body: str, *, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    moment = at or datetime.now(UTC)
    signature = Webhook(secret).sign(msg_id=action, timestamp=moment, data=body)
    stamp = str(int(moment.timestamp()))
    return {"webhook-id": action, "webhook-timestamp": stamp, "webhook-signature": signature}


def send(url: str, action: str, *words: Any, timeout: float = 10, **more: Any) -> urllib3.BaseHTTPResponse:
    body = body_of(action, *words, **more)
    return post(f"{url}/actions", body, headers=signed(action, body), timeout=timeout)


def post(
    url: str, body: str | bytes, *, headers: dict[str, str] | None = None, timeout: float = 10
) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
        return pool.request("POST", url, body=body, headers=headers)


def get(url: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        return pool.request("GET", url)


def set_fault(url: str, mode: str, **more: Any) -> None:
    assert post(f"{url}/faults", json.dumps({"mode": mode, **more})).status == 200


def ledger(url: str, action: str | None = None) -> list[dict[str, Any]]:
    answer = get(f"{url}/ledger" + (f"?action={action}" if action else ""))
    return [json.loads(line) for line in answer.data.splitlines()]


def wait_until(is_so: Callable[[], bool], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
