"""Whatever an item holds, it is stored or refused by itself; nothing else ever happens."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.kinds import KINDS
from signals.kinds_members import Member, Shape
from signals.models import DeadLetter, Event
from signals.services import ingest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STRINGS = (
    "", " ", "a", "~a", "a" * 200, "a" * 201, "a" * 20_001, "\x00", "\x7f\x1b[2J", "\u202egpj.exe", "\U0001f600" * 50,
    "4111111111111111", "<script>", "'; DROP TABLE x; --", "\\", '"', "{}", "%s", "\ufffd", "١٢٣", "1" * 400, "null",
    "2026-03-01T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-02-30T10:00:00Z", "-0", "é",
    "@", "a@b", "bob@mail.example", "192.0.2.4", "999.1.1.1", "2001:db8::1", "::ffff:192.0.2.4", "fe80::1%eth0",
    "+49 30 901820", "000", "EUR",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**63 - 1, 2**63, 10**400, 1.5, 1e308, True, None)


def scalar(chance: random.Random) -> Any:
    return chance.choice(STRINGS) if chance.random() < 0.8 else chance.choice(NUMBERS)


def fitting(member: Member, chance: random.Random) -> Any:
    """Return a value of the right form, filled with anything."""
    text = chance.choice(STRINGS)
    forms: dict[Shape, Any] = {
        Shape.WORD: chance.choice(member.words) if member.words else "",
        Shape.MONEY: {"minor": chance.choice(NUMBERS), "currency": chance.choice(("EUR", "XXX", "JPY"))},
        Shape.TIME: text,
        Shape.IDS: [text, "b"],
        Shape.TARGET: {"kind": chance.choice(("account", "email", "ip", "domain", "card", "shop")), "id": text},
        Shape.CHANGES: [{"field": chance.choice(("email", "name", "phone", "password")), "old": text, "new": "b"}],
        Shape.CONTEXT: {"ip": text, "device": chance.choice(STRINGS), "user_agent": text, "country": "DE"},
        Shape.NAMES: [text],
        Shape.EXTRA: {text: [scalar(chance), {"a": scalar(chance)}]},
    }
    return forms.get(member.shape, text)


def hostile(number: int, chance: random.Random) -> bytes:
    kind = chance.choice(list(KINDS.values()))
    members = kind.by_name.values()
    data = {
        member.name: fitting(member, chance) if chance.random() < 0.95 else scalar(chance)
        for member in members
        if member.required or chance.random() < 0.5
    }
    item = {"id": f"h{number}", "type": kind.name, "time": "2026-03-01T10:00:00Z", "data": data}
    if chance.random() < 0.1:
        item[chance.choice(("id", "time", "recordedtime", "source", "type", "extension"))] = scalar(chance)
    return json.dumps(item, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_every_item_is_stored_or_refused(seed):
    chance = random.Random(seed)
    items = [hostile(number, chance) for number in range(500)]

    answer = ingest.ingest(source="shop", items=items, received_at=NOW)

    assert sum(answer.counts.values()) == 500
    assert answer.counts["new"] > 50
    assert Event.objects.count() == answer.counts["new"] + answer.counts["superseding"] + answer.counts["stale"]
    assert DeadLetter.objects.count() == answer.counts["refused"]
    assert [item.error.code for item in answer.items if item.error and not item.error.detail] == []
    json.loads(answer.as_json())


@pytest.mark.django_db
def test_broken_bytes_are_refused_one_by_one():
    chance = random.Random(7)
    whole = json.dumps(
        {"id": "x", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}
    ).encode()
    items = []
    for _ in range(500):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        items.append(bytes(broken))

    answer = ingest.ingest(source="shop", items=items, received_at=NOW)

    assert sum(answer.counts.values()) == 500


@pytest.mark.django_db
def test_item_that_only_the_database_refuses_costs_no_other(monkeypatch):
    monkeypatch.setattr("signals.services.intake.decode.ID_LIMIT", 10_000)
    long = {"target": {"kind": "account", "id": "x" * 300}, "reason": "spam"}
    items = [
        json.dumps({"id": f"r{place}", "type": "report.created", "time": "2026-03-01T10:00:00Z", "data": data}).encode()
        for place, data in enumerate([long, {**long, "target": {"kind": "account", "id": "a"}}])
    ]

    answer = ingest.ingest(source="shop", items=items, received_at=NOW)

    assert [item.status for item in answer.items] == ["refused", "new"]
    assert answer.items[0].error.code == "unstorable"
