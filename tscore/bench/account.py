"""The page of an account that did very much: its payments, disputes, listings, messages and devices together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from signals.models import Entity
from tscore.bench import many_cases, report, reviewer
from tscore.bench.report import Line
from tscore.core import db

EVENTS = 10_000
GOAL_MS = 400
TIMES = 60
SQL = Path(__file__).with_name("busy_account.sql")
# The one that did most different things.
_BUSIEST = """
SELECT part.entity_id FROM signals_involvement part JOIN signals_entity entity ON entity.id = part.entity_id
 WHERE entity.kind = 'account' AND position('/' IN entity.external_id) = 0
 GROUP BY 1 ORDER BY count(DISTINCT part.kind) DESC, count(*) DESC, 1 LIMIT 1"""
_COUNT = "SELECT count(DISTINCT event_id) FROM signals_involvement WHERE entity_id = %s"


def make() -> Entity:
    """Give the account of most kinds of events ten thousand of them."""
    [(account,)] = db.rows(_BUSIEST)
    many_cases.as_owner(SQL.read_text(), {"account": account, "events": EVENTS})
    for table in ("signals_event", "signals_involvement"):
        db.rows(f"VACUUM (ANALYZE) {table}", using="owner")
    return Entity.objects.get(pk=account)


def measure(line: reviewer.Line, account: Entity, *, through: str) -> Iterator[Line]:
    """Open its page again and again."""
    path = f"/e/account/{account.ref}/"
    line.get(path)
    told = [line.get(path).told for _ in range(TIMES)]
    [(events,)] = db.rows(_COUNT, [account.pk])
    how = f"{TIMES} requests for an account with {events:,} events, server time; {report.load()}"
    p95 = report.share([one["ms"] for one in told], 0.95)
    yield report.line(f"account_{through}_p95", round(p95, 1), "ms", how, at_most=GOAL_MS)
    most = max(one["statements"] for one in told)
    yield report.line(f"account_{through}_statements", most, "statements", how)
