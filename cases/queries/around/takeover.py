"""The habits of an account before it was flagged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cases.queries.names import EntityName
from tscore.core import db

# How many of an account's events are looked through, the newest first.
EVENTS: Final = 5000
HABITS: Final = timedelta(days=90)

_READ: Final = """
WITH past AS MATERIALIZED (
  SELECT part.occurred_at, part.device_id FROM (
    SELECT occurred_at, device_id, kind FROM signals_involvement
     WHERE entity_id = %(account)s AND superseded_at IS NULL AND role = 'account' AND occurred_at < %(at)s
     ORDER BY occurred_at DESC LIMIT %(events)s) part
   WHERE part.kind = 'login.succeeded'),
trusted AS (
  SELECT past.occurred_at, past.device_id FROM past
   WHERE past.device_id IS DISTINCT FROM %(device)s AND past.device_id IS NOT NULL
   ORDER BY past.occurred_at DESC LIMIT 1)
SELECT (SELECT occurred_at FROM trusted),
       (SELECT device.external_id FROM trusted JOIN signals_entity device ON device.id = trusted.device_id),
       count(*), count(DISTINCT past.device_id)
  FROM past WHERE past.occurred_at >= %(since)s
"""


@dataclass(frozen=True, slots=True)
class Habits:
    """The last sign-in from another device than the flagged one, and how many sign-ins in 90 days from how many."""

    at: datetime | None
    device: str | None
    sign_ins: int
    devices: int


def read(*, account: EntityName, device: EntityName | None, at: datetime) -> Habits:
    """Return an account's habits before an instant, from its newest 5,000 events."""
    terms = {
        "account": account.id,
        "device": device.id if device else None,
        "at": at,
        "since": at - HABITS,
        "events": EVENTS,
    }
    return Habits(*db.rows(_READ, terms)[0])
