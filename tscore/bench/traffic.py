"""Fresh events of a demo world, again and again: the same people, later and later, so that all have a history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tscore.demo import filler, world
from tscore.demo.people import DAYS

BATCH = 500


def batches(*, start: datetime, name: str, scale: float = 0.3) -> Iterator[list[bytes]]:
    """Yield batches of encoded events without end; each round of the world is another 90 days after `start`."""
    number = 0
    while True:
        number += 1
        epoch = start + timedelta(days=DAYS * number)
        events = world.build(seed=f"{name}-{number}", epoch=epoch, scale=scale).events
        for part in filler.batches(events, BATCH):
            yield [json.dumps(_renamed(event, f"{name}{number}")).encode() for event in part]


def body(items: list[bytes]) -> bytes:
    """Return the items as the body of one request."""
    return b"[" + b",".join(items) + b"]"


def _renamed(event: dict[str, Any], name: str) -> dict[str, Any]:
    return {**event, "id": f"{event['id']}/{name}"}
