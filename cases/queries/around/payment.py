"""What the people, the card and the device of a payment did besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tscore.core import db

# How much of each history is looked through, the newest first.
EVENTS: Final = 1000

_PARTY: Final = """
(SELECT jsonb_build_object('since', entity.first_seen_at,
    'paid', count(*) FILTER (WHERE part.kind = 'payment.captured'),
    'refused', count(*) FILTER (WHERE part.kind = 'payment.refused'),
    'refunded', count(*) FILTER (WHERE part.kind = 'payment.refunded'),
    'disputed', count(*) FILTER (WHERE part.kind = 'payment.captured' AND EXISTS (
      SELECT FROM signals_involvement dispute WHERE dispute.entity_id = part.primary_id AND dispute.role = 'payment'
         AND dispute.kind = 'dispute.opened' AND dispute.superseded_at IS NULL)))
   FROM signals_entity entity
   LEFT JOIN LATERAL (SELECT kind, primary_id FROM signals_involvement
                       WHERE entity_id = entity.id AND role = '{0}' AND superseded_at IS NULL
                       ORDER BY occurred_at DESC LIMIT %(events)s) part ON true
  WHERE entity.id = %({0})s GROUP BY entity.id)"""
_SHARED: Final = """
(SELECT jsonb_build_object('payments', count(DISTINCT part.primary_id), 'buyers', count(DISTINCT part.actor_id))
   FROM (SELECT primary_id, actor_id, kind FROM signals_involvement
          WHERE entity_id = %({0})s AND superseded_at IS NULL ORDER BY occurred_at DESC LIMIT %(events)s) part
  WHERE part.kind LIKE 'payment.%%' AND part.primary_id IS DISTINCT FROM %(payment)s)"""
_READ: Final = f"""
SELECT {_PARTY.format("buyer")}, {_PARTY.format("seller")}, {_SHARED.format("card")}, {_SHARED.format("device")},
       (SELECT jsonb_build_object('count', count(*), 'minor', coalesce(sum(owed.minor), 0)) FROM (
          SELECT part.primary_id, max(part.amount_base_minor) AS minor
            FROM signals_involvement part JOIN signals_entity payout ON payout.id = part.primary_id
           WHERE part.entity_id = %(seller)s AND part.superseded_at IS NULL
             AND part.kind IN ('payout.requested', 'payout.held', 'payout.released', 'payout.paid')
             AND payout.state IN ('requested', 'held', 'released')
           GROUP BY part.primary_id) owed)
"""


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer's or seller's newest 1,000 events in that role."""

    since: datetime
    paid: int
    refused: int
    refunded: int
    disputed: int


@dataclass(frozen=True, slots=True)
class Shared:
    """Other payments with the same card or device, and how many buyers made them."""

    payments: int
    buyers: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What happened besides; `unpaid` payouts of the seller can still be held."""

    buyer: Party | None
    seller: Party | None
    card: Shared | None
    device: Shared | None
    unpaid: int
    unpaid_minor: int


def read(ids: Mapping[str, int]) -> Beside:
    """Return what stands around a payment; `ids` has the entity ids of payment, buyer, seller, card and device."""
    terms: dict[str, Any] = {role: ids.get(role) for role in ("payment", "buyer", "seller", "card", "device")}
    buyer, seller, card, device, owed = map(db.json_of, db.rows(_READ, terms | {"events": EVENTS})[0])
    return Beside(
        buyer=_party(buyer),
        seller=_party(seller),
        card=Shared(**card) if "card" in ids else None,
        device=Shared(**device) if "device" in ids else None,
        unpaid=owed["count"],
        unpaid_minor=owed["minor"],
    )


def _party(found: dict[str, Any] | None) -> Party | None:
    return Party(**(found | {"since": datetime.fromisoformat(found["since"])})) if found else None
