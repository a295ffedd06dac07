"""Traffic after the demo world is filled: about one event a second, without labels."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from signals.services import ingest
from tscore.demo import texts
from tscore.demo.clockwork import Timeline, eur
from tscore.demo.people import DAYS, Person, population
from tscore.demo.world import PEOPLE

SOURCE = "demo-live"


def run(*, events: int | None = None, pause_s: float = 1.0) -> None:
    """Send one event after another until `events` are sent (None: until stopped)."""
    now = timezone.now()
    random = Random(f"{settings.DEMO_SEED}/live/{now.isoformat()}")
    size = max(300, round(PEOPLE * settings.DEMO_SCALE))
    world_random = Random(f"{settings.DEMO_SEED}/{settings.DEMO_SCALE:g}")
    people = population(world_random, start=now - timedelta(days=DAYS), size=size)
    sent = 0
    while events is None or sent < events:
        now = timezone.now()
        event = _event(random, people, now)
        ingest.ingest(source=SOURCE, items=[json.dumps(event).encode()], received_at=now)
        sent += 1
        time.sleep(random.uniform(0.5, 1.5) * pause_s)


def _event(random: Random, people: list[Person], now: datetime) -> dict[str, object]:
    timeline, person, other = Timeline(SOURCE), random.choice(people), random.choice(people)
    key, context = f"live-{now:%Y%m%d%H%M%S%f}", person.context(random, now)
    turn = random.random()
    if turn < 0.5:
        timeline.add("login.succeeded", now, account=person.account, method="password", context=context)
    elif turn < 0.6:
        data = {"account": person.account, "method": "password", "failure": "wrong_password"}
        if random.random() < 0.3:
            context |= {"ip": f"203.0.113.{random.randrange(150, 250)}"}
        timeline.add("login.failed", now, **data, context=context)
    elif turn < 0.75:
        category, title, price = random.choice(texts.GOODS)
        if random.random() < 0.04:
            category, (title, _) = "other", random.choice(texts.PROHIBITED)
        data = {"listing": f"listing-{key}", "seller": person.account, "title": title, "description": "As shown."}
        timeline.add("listing.created", now, **data, category=category, price=eur(price), context=context)
    elif turn < 0.92:
        text = random.choice(texts.OPENERS + texts.REPLIES)
        if random.random() < 0.03:
            text = random.choice(texts.PHISHING).format(
                host=random.choice(texts.PHISHING_HOSTS), n=random.randrange(99)
            )
        data = {"message": f"message-{key}", "sender": person.account, "recipient": other.account, "text": text}
        timeline.add("message.sent", now, **data, thread=f"t-{person.account}-{other.account}", context=context)
    else:
        data = {"payment": f"payment-{key}", "buyer": person.account, "seller": other.account, "card": person.card}
        amount = eur(random.choice(texts.GOODS)[2] * random.choice((1, 1, 1, 1, 6)))
        timeline.add("payment.captured", now, **data, email=person.email, amount=amount, context=context)
    return {**timeline.events[0], "id": key}
