"""The same items from several senders at once: stored once, answered truthfully."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from signals.models import Entity, Event, Involvement, Link, Signal
from signals.services import ingest
from signals.services.signals import intake as signal_intake
from tests.races.threads import side_by_side

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def together(*works: Callable[[], Counter[str]]) -> Counter[str]:
    """Run all at the same moment, each with a connection of its own; return the sum of their counts."""
    return sum(side_by_side(lambda number: works[number](), threads=len(works)), Counter())


def login(number: int, recorded: str = "") -> bytes:
    item = {
        "id": f"e{number}",
        "type": "login.failed",
        "time": "2026-03-01T10:00:00Z",
        "data": {
            "account": f"a{number % 40}",
            "context": {"device": f"d{number % 30}", "ip": f"192.0.2.{number % 50}"},
        },
    }
    return json.dumps(item | ({"recordedtime": recorded} if recorded else {})).encode()


def send(items: list[bytes]) -> Counter[str]:
    return Counter(ingest.ingest(source="shop", items=items, received_at=NOW).counts)


def test_same_batch_three_times_at_once_is_stored_once():
    batch = [login(number) for number in range(300)]

    counts = together(*[lambda: send(batch)] * 3)

    assert counts == Counter(new=300, duplicate=600)
    assert (Event.objects.count(), Involvement.objects.count()) == (300, 900)
    assert sum(Link.objects.filter(kind="device").values_list("count", flat=True)) == 300


def test_batches_in_opposite_order_do_not_deadlock():
    batch = [login(number) for number in range(300)]

    counts = together(*[lambda: send(batch), lambda: send(batch[::-1])] * 2)

    assert counts == Counter(new=300, duplicate=900)
    assert Entity.objects.filter(kind="account").count() == 40


def test_revisions_at_once_are_joined_in_the_order_of_knowledge():
    times = [f"2026-03-01T{hour}:00:00Z" for hour in range(10, 18)]

    for number in range(5):
        counts = together(*[lambda time=time, number=number: send([login(number, time)]) for time in times])
        assert counts.total() == len(times)
        assert counts["new"] == 1

        chain = Involvement.objects.filter(event__external_id=f"e{number}", role="account").order_by("observed_at")
        parts = list(chain.values_list("observed_at", "superseded_at"))
        assert [until for _, until in parts] == [observed for observed, _ in parts[1:]] + [None]


def test_same_finding_under_several_ids_at_once_is_one_signal():
    send([login(1)])

    def finding(name: str) -> bytes:
        data = {
            "detector": "d", "detector_version": "1", "entity": {"kind": "account", "id": "a1"},
            "abuse_type": "account_takeover", "score": 0.5, "dedupe_key": "k",
            "events": [{"source": "shop", "id": "e1"}],
            "reasons": [{"code": "c", "sentence": "s", "value": 1, "usual": None, "base_rate": None}],
        }  # fmt: skip
        return json.dumps({"id": name, "type": "signal.raised", "time": "2026-03-01T10:00:00Z", "data": data}).encode()

    def raise_(name: str) -> Counter[str]:
        return Counter(signal_intake.ingest_signals(source="shop", items=[finding(name)], received_at=NOW).counts)

    counts = together(*[lambda name=name: raise_(name) for name in "pqrs"])

    assert counts == Counter(new=1, duplicate=3)
    assert Signal.objects.count() == 1


def test_new_entities_of_two_senders_at_once_cost_neither_its_batch():
    def visits(sender: int, first: int) -> list[bytes]:
        return [
            json.dumps({
                "id": f"{sender}-{number}", "type": "login.failed", "time": "2026-03-01T10:00:00Z",
                "data": {"account": f"a{number}", "context": {"device": f"d{number}"}},
            }).encode()
            for number in range(first, first + 50)
        ]  # fmt: skip

    for first in range(0, 1000, 50):
        counts = together(*[lambda sender=sender, first=first: send(visits(sender, first)) for sender in range(3)])
        assert counts == Counter(new=150)

    assert Entity.objects.count() == 2000
