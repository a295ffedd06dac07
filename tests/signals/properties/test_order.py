"""Whatever order a batch arrives in, with repeats and corrections: once the last item is accepted, all is the same.

Many orders are tried at once: each has a world of its own, told apart by the names of its entities and by its times, so
that hundreds share each call of intake, scoring and correlation. World 0 hears everything once and in order.
"""

import json
import random
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from cases.services import correlation
from signals.services import ingest, scoring
from tests.factories import NOON
from tscore import invariants
from tscore.core.db import rows

# Each batch holds a lock for every id until its transaction ends: one around all of them would hold too many.
pytestmark = pytest.mark.django_db(transaction=True)
START = NOON + timedelta(days=1500)
APART = timedelta(hours=1)  # bursts of failures are looked for over 10 minutes of a sender's whole stream
WAVES = 4
MARK = re.compile(r"w(\d{5})-")


def story(world):
    """Return what is told: a takeover with corrections, payments, a suspension, a listing, a message."""
    w, shift = f"w{world:05}-", world * APART

    def told(name, kind, minutes, recorded=None, **data):
        at, known = (NOON + shift + timedelta(minutes=m) for m in (minutes, minutes if recorded is None else recorded))
        item = {"id": f"{w}{name}", "type": kind, "time": at.isoformat(), "recordedtime": known.isoformat()}
        return item | {"data": data}

    home, strange = ({"ip": f"~{w}{ip}", "device": f"{w}{device}"} for ip, device in (("home", "d1"), ("odd", "d2")))
    account, money = f"{w}ada", {"minor": 90_000, "currency": "EUR"}
    paid = {"payment": f"{w}p1", "buyer": account, "seller": f"{w}ben", "card": f"~{w}card"}
    listed = {"listing": f"{w}l1", "seller": f"{w}ben", "title": "Cocaine 5g", "description": "", "category": "other"}
    failed = {"account": account, "method": "password", "failure": "wrong_password"}
    return [
        told("home", "login.succeeded", -4000, account=account, method="password", context=home),
        *(told(f"fail{n}", "login.failed", -9 + n, context=strange, **failed) for n in range(4)),
        told("fail0", "login.failed", -8.5, recorded=-1, context=strange, **failed),
        told("in", "login.succeeded", 0, account=account, method="password", context=home),
        told("in", "login.succeeded", 0, recorded=2, account=f"{w}cleo", method="password", context=home),
        told("in", "login.succeeded", 0, recorded=3, account=account, method="password", context=strange),
        told("pay", "payment.captured", 5, amount={"minor": 100, "currency": "EUR"}, **paid),
        told("pay", "payment.captured", 5, recorded=6, amount=money, email=f"~{w}mail", **paid),
        told("stop", "account.suspended", 8, account=account),
        told("go", "account.restored", 20, account=account),
        told("go", "account.restored", 7, recorded=21, account=account),
        told("list", "listing.created", 10, price=money, **listed),
        told("list", "listing.created", 10, recorded=12, price=money, **listed | {"title": "Oak table"}),
        told("list", "listing.created", 10, recorded=11, price=money, **listed | {"category": "home"}),
        told("note", "message.sent", 12, message=f"{w}m1", sender=account, recipient=f"{w}ben",
             text=f"Please pay on https://{w}pay.example/now today"),
    ]  # fmt: skip


def arrival(world):
    """Return the story as it arrives there: world 0 in order, the others shuffled, with repeats."""
    items = story(world)
    if world:
        dice = random.Random(world)
        dice.shuffle(items)
        for item in dice.choices(items, k=dice.randint(0, 6)):
            items.insert(dice.randint(items.index(item) + 1, len(items)), item)
    return items


def play(worlds, *, scored_between):
    """Let all worlds hear a part of their story, then the next."""
    arrivals = [arrival(world) for world in range(worlds)]
    for wave in range(WAVES):
        parts = [items[len(items) * wave // WAVES : len(items) * (wave + 1) // WAVES] for items in arrivals]
        due = [json.dumps(item).encode() for part in parts for item in part]
        now = START + timedelta(minutes=wave)
        for first in range(0, len(due), 1000):
            accepted = ingest.ingest(source="town", items=due[first : first + 1000], received_at=now)
            assert accepted.counts["refused"] == 0, accepted
        if scored_between or wave == WAVES - 1:
            settle(now + timedelta(seconds=30))


def settle(now):
    while scoring.score_pending(limit=500, now=now) or correlation.correlate_pending(limit=500, now=now):
        pass


CURRENT = """
SELECT e.external_id, e.kind, e.occurred_at, e.observed_at, e.payload::text, e.amount_base_minor, e.flags::text,
  (SELECT string_agg(i.role || '=' || n.external_id, ' ' ORDER BY i.role, n.external_id)
   FROM signals_involvement i JOIN signals_entity n ON n.id = i.entity_id
   WHERE i.event_id = e.id AND i.superseded_at IS NULL)
FROM signals_event e WHERE NOT EXISTS (SELECT FROM signals_event l WHERE l.source_id = e.source_id
  AND l.external_id = e.external_id AND l.observed_at > e.observed_at)"""
ENTITIES = "SELECT external_id, kind, state, state_at, first_seen_at, last_seen_at, hub FROM signals_entity"
LINKS = """
SELECT o.external_id, t.external_id, l.kind, l.first_seen_at, l.last_seen_at, l.count
FROM signals_link l JOIN signals_entity o ON o.id = l.origin_id JOIN signals_entity t ON t.id = l.target_id"""
SIGNALS = """
SELECT n.external_id, d.name, s.score, s.severity, s.money_at_stake_base_minor, s.dedupe_key, s.mode, s.reasons::text
FROM signals_signal s JOIN signals_entity n ON n.id = s.entity_id JOIN signals_detector d ON d.id = s.detector_id
WHERE s.retracted_at IS NULL"""
CASES = """
SELECT n.external_id, c.abuse_type_id, c.state, c.severity, c.stake_minor, c.lane, c.queue_id, (
  SELECT string_agg(d.name, ' ' ORDER BY d.name, s.id) FROM cases_casesignal cs
  JOIN signals_signal s ON s.id = cs.signal_id JOIN signals_detector d ON d.id = s.detector_id WHERE cs.case_id = c.id)
FROM cases_case c JOIN signals_entity n ON n.id = c.entity_id"""
FACTS = {"revisions": CURRENT, "entities": ENTITIES, "links": LINKS}
JUDGED = {"signals": SIGNALS, "cases": CASES}


def worlds_by(statement):
    """Return the lines of each world, without its name and with its times as in world 0."""
    found = defaultdict(list)
    for line in rows(statement):
        world = int(MARK.search(next(cell for cell in line if isinstance(cell, str) and MARK.search(cell)))[1])
        found[world].append(tuple(_plain(cell, world) for cell in line))
    return {world: sorted(lines, key=repr) for world, lines in found.items()}


def _plain(cell, world):
    if isinstance(cell, datetime):
        return (cell - world * APART).astimezone(UTC)
    if not isinstance(cell, str):
        return cell
    at = re.compile(r"2026-\d\d-\d\dT[\d:.]+Z|2027-\d\d-\d\dT[\d:.]+Z")
    return at.sub(lambda found: str(datetime.fromisoformat(found[0]) - world * APART), MARK.sub("", cell))


@pytest.mark.parametrize("scored_between", [False, True], ids=["scored at the end", "scored between"])
@pytest.mark.parametrize("worlds", [200, pytest.param(10_000, marks=pytest.mark.slow)])
def test_any_order_with_repeats_and_corrections_ends_the_same(worlds, scored_between):
    play(worlds, scored_between=scored_between)
    rows("ANALYZE", using="owner")

    # A value is logged as it was seen: signals of what was scored before all was known may be others.
    for what, statement in (FACTS if scored_between else FACTS | JUDGED).items():
        found = worlds_by(statement)
        assert len(found) == worlds, what
        assert [world for world in found if found[world] != found[0]] == [], (what, found[0])
    assert invariants.breaches(invariants.FAULTS + invariants.UNFINISHED[:2]) == []


def test_the_story_has_something_to_find():
    play(1, scored_between=False)

    assert {kind for kind, *_ in rows("SELECT DISTINCT abuse_type_id FROM cases_case")} >= {"account_takeover"}
    assert len(worlds_by(CURRENT)[0]) < len(story(0))
