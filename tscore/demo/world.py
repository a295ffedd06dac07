"""The whole demo world as one list of events in order of time; a pure function of seed, epoch and scale."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tscore.demo import cast
from tscore.demo.clockwork import Timeline
from tscore.demo.daily import Daily
from tscore.demo.people import DAYS, population

PEOPLE = 3_000


def build(*, seed: str, epoch: datetime, scale: float) -> list[dict[str, Any]]:
    """Return the events of the 90 days up to `epoch`, about 50,000 at scale 1, as envelopes."""
    random, timeline = Random(f"{seed}/{scale:g}"), Timeline()
    start = epoch - timedelta(days=DAYS)
    people = population(random, start=start, size=max(300, round(PEOPLE * scale)))
    Daily(random, timeline, people, end=epoch).fill()
    cast.late_chargebacks(random, timeline, end=epoch)
    for story in (cast.takeover_ring, cast.phishing_campaign, cast.card_test, cast.friendly_fraud):
        story(random, timeline, people, end=epoch)
    cast.prohibited_seller(random, timeline, people, end=epoch)
    cast.carrier_address(random, timeline, people, end=epoch)
    return [event for event in timeline.in_order() if event["time"] <= epoch.isoformat()]
