"""The whole demo world as one list of events in order of time; a pure function of seed, epoch and scale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tscore.demo import cast, incidents
from tscore.demo.clockwork import Timeline
from tscore.demo.daily import Daily
from tscore.demo.people import DAYS, population

PEOPLE = 3_000


@dataclass(frozen=True)
class World:
    """The events as envelopes in order of time, and the ids of those whom the demo's reviewers find guilty."""

    events: list[dict[str, Any]]
    guilty: frozenset[str]


def build(*, seed: str, epoch: datetime, scale: float) -> World:
    """Return the 90 days up to `epoch`, about 50,000 events at scale 1."""
    random, timeline = Random(f"{seed}/{scale:g}"), Timeline()
    start = epoch - timedelta(days=DAYS)
    people = population(random, start=start, size=max(300, round(PEOPLE * scale)))
    Daily(random, timeline, people, end=epoch).fill()
    cast.late_chargebacks(random, timeline, end=epoch)
    for story in (cast.takeover_ring, cast.phishing_campaign, cast.card_test, cast.friendly_fraud):
        story(random, timeline, people, end=epoch)
    cast.prohibited_seller(random, timeline, people, end=epoch)
    cast.carrier_address(random, timeline, people, end=epoch)
    incidents.spread(random, timeline, people, end=epoch)
    events = [event for event in timeline.in_order() if event["time"] <= epoch.isoformat()]
    return World(events, frozenset(timeline.guilty))
