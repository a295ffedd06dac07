"""The demo world is a pure function of its seed, and its cast is in it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tscore.demo import cast, world

EPOCH = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def events():
    return world.build(seed="tests", epoch=EPOCH, scale=1).events


def test_world_is_the_same_for_the_same_seed():
    first, second, other = (world.build(seed=seed, epoch=EPOCH, scale=0.1) for seed in ("a", "a", "b"))

    assert first == second
    assert first != other


def test_world_has_about_fifty_thousand_events_in_ninety_days_in_order(events):
    times = [datetime.fromisoformat(event["time"]) for event in events]

    assert 45_000 < len(events) < 65_000
    assert times == sorted(times)
    assert EPOCH - timedelta(days=90) <= times[0]
    assert times[-1] <= EPOCH
    assert len({event["id"] for event in events}) == len(events)


def test_world_has_its_cast(events):
    def having(member, mark):
        return [event for event in events if str(event["data"].get(member, "")).startswith(mark)]

    ring = [event for event in events if event["data"].get("context", {}).get("device", "").startswith("d-ring")]
    tests = having("payment", "payment-test")
    carrier = [event for event in events if event["data"].get("context", {}).get("ip") == cast.CARRIER_IP]

    assert len({event["data"]["account"] for event in ring}) == 6
    assert len({event["data"]["context"]["device"] for event in ring}) == 2
    assert len(having("message", "message-phish")) == 40
    assert len({event["data"]["sender"] for event in having("sender", "a-phish")}) == 5
    assert (len(tests), len({event["data"]["card"] for event in tests})) == (180, 60)
    assert Counter(event["type"] for event in events)["dispute.opened"] == 25
    assert len(having("listing", "listing-prohibited")) == 14
    assert len(having("listing", "listing-nearmiss")) == 6
    assert len({event["data"]["account"] for event in carrier}) == 600
