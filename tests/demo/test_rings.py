"""In the demo world the takeover ring is found as one, and the carrier's address makes none."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cases.models import Case, CaseMember
from cases.services import correlation, ring_nights
from signals.models import Entity
from signals.services import ingest, scoring
from tscore.demo import ahead, cast, filler, world

pytestmark = pytest.mark.usefixtures("transactional_db")
EPOCH = datetime(2026, 3, 1, 10, tzinfo=UTC)


def send(events, *, scored):
    for part in filler.batches(events, 500):
        now = ahead.moment(part)
        ingest.ingest(source="demo", items=[json.dumps(event).encode() for event in part], received_at=now)
        if scored:
            scoring.score_pending(limit=500, now=now)
            correlation.correlate_pending(limit=500, now=now)


@pytest.mark.parametrize(("scale", "days"), [(0.1, 13), pytest.param(1, 91, marks=pytest.mark.slow)])
def test_the_takeover_ring_is_found_and_the_carrier_is_none(scale, days):
    since = (EPOCH - timedelta(days=days)).isoformat()
    events = [event for event in world.build(seed="rings", epoch=EPOCH, scale=scale).events if event["time"] >= since]
    victims = {
        event["data"]["account"]
        for event in events
        if event["data"].get("context", {}).get("device", "").startswith("d-ring-")
    }
    send(events, scored=scale == 1)

    while ring_nights.look_nightly(limit=200, now=EPOCH):
        pass

    rings = [frozenset(ring.members.values_list("entity__external_id", flat=True)) for ring in ring_cases()]
    carrier = Entity.objects.get(kind="ip", **carrier_of(events))
    assert [ring for ring in rings if ring & victims] == [frozenset(victims)]
    assert (len(victims), carrier.hub) == (6, True)
    assert max(len(ring) for ring in rings) < 20
    assert CaseMember.objects.filter(shared__contains=[carrier.pk]).count() == 0


def ring_cases():
    return Case.objects.filter(entity__kind="ring").order_by("pk")


def carrier_of(events):
    """Return how the carrier's address is told apart: by when it was first and last seen."""
    times = [event["time"] for event in events if event["data"].get("context", {}).get("ip") == cast.CARRIER_IP]
    return {"first_seen_at": min(times), "last_seen_at": max(times)}
