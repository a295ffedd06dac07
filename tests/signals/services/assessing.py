"""What the tests of assess share: history that shows a takeover, detectors of their own, and how to ask."""

import json
import time
from datetime import timedelta
from typing import Any

from signals.detectors import registry
from signals.detectors.base import EventView, Finding, PackRule, Reason
from signals.services import assess, ingest, scoring
from signals.services.assess import Assessment
from signals.services.verdicts import Advice
from tests.factories import after

NOW = after(60)
SOURCE = "shop-eu"


def login(name: str, *, kind: str = "login.succeeded", minutes: float = 0, ip: str = "~stranger", **members: Any):
    """Return one log-in of Ada's as it is sent."""
    moment = after(minutes).isoformat()
    data = {"account": "ada", "context": {"ip": ip}}
    return {"id": name, "type": kind, "time": moment, "data": data} | members


def guess_password() -> None:
    """Store and score four failures of a stranger after a log-in from home: the next success is a takeover."""
    home = login("home", minutes=-4000, ip="~home")
    items = [home, *(login(f"guess-{n}", kind="login.failed", minutes=n - 5) for n in range(4))]
    ingest.ingest(source=SOURCE, items=[json.dumps(item).encode() for item in items], received_at=NOW)
    scoring.score_pending(limit=500, now=NOW)


def no_cases(*, signal_ids: Any, now: Any) -> dict[int, str]:
    """Name no case."""
    return {}


def ask(item: dict[str, Any], *, budget_s: float = 5.0, default: Advice = Advice.ALLOW, route: Any = no_cases, **given):
    """Ask for a verdict as the API does."""
    known = {"source": SOURCE, "event": json.dumps(item).encode(), "received_at": NOW} | given
    return assess.assess(**known, deadline=time.monotonic() + budget_s, default=default, route=route)


def said(answer: Assessment) -> tuple[str, str, str]:
    """Return verdict, who says so, and what became of the event."""
    return answer.verdict, answer.verdict_by, answer.event_status


def detector(monkeypatch: Any, function: Any, *, name: str = "ato.test", alone: bool = True) -> None:
    """Let a detector of the test's own look at log-ins, alone or beside the real ones."""
    rule = PackRule(name, "1", "account_takeover", "Test", frozenset({"login.succeeded"}), function)
    others = () if alone else registry.BY_KIND["login.succeeded"]
    monkeypatch.setitem(registry.BY_KIND, "login.succeeded", (rule, *others))
    monkeypatch.setitem(registry.DETECTORS, name, rule)


def finding(score: float, severity: str = "") -> Any:
    """Return a detector's function that always finds the account this bad."""

    def find(view: EventView) -> Finding:
        return Finding("account", score, (Reason("always", "It always is.", 1),), severity=severity)

    return find


def sleeper(seconds: float, then: Any) -> Any:
    """Return a detector's function that sleeps first."""

    def find(view: EventView) -> Finding:
        time.sleep(seconds)
        return then(view)

    return find


def until(is_so: Any, *, patience: timedelta = timedelta(seconds=20)) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience.total_seconds()
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)
