"""What a seller lists besides, and who waits for the goods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tscore.core import db

# How many of a seller's listings are looked through, the newest first; how alike two titles must be to be named.
EVENTS, TITLES = 1000, 200
ALIKE: Final = 0.8

_READ: Final = """
WITH mine AS MATERIALIZED (
  SELECT event_id, primary_id, amount_base_minor FROM (
    SELECT event_id, primary_id, amount_base_minor, kind, occurred_at FROM signals_involvement
     WHERE entity_id = %(seller)s AND role = 'seller' AND superseded_at IS NULL
     ORDER BY occurred_at DESC LIMIT %(events)s) part
   WHERE part.kind = 'listing.created' ORDER BY part.occurred_at DESC),
other AS MATERIALIZED (SELECT * FROM mine WHERE primary_id <> %(listing)s),
stated AS (SELECT listing.state FROM mine JOIN signals_entity listing ON listing.id = mine.primary_id),
image AS (
  SELECT DISTINCT part.entity_id FROM signals_involvement part
   WHERE part.role = 'images' AND part.event_id IN (
     SELECT event_id FROM signals_involvement WHERE entity_id = %(listing)s AND role = 'listing' LIMIT 50)
   LIMIT 50)
SELECT (SELECT first_seen_at FROM signals_entity WHERE id = %(seller)s),
       (SELECT count(*) FROM mine),
       (SELECT count(*) FROM stated WHERE state = 'sold'),
       (SELECT count(*) FROM stated WHERE state = 'removed'),
       (SELECT (percentile_cont(0.5) WITHIN GROUP (ORDER BY amount_base_minor))::bigint FROM other),
       (SELECT count(amount_base_minor) FROM other),
       ARRAY(SELECT said.text FROM (SELECT event_id FROM other LIMIT %(titles)s) newest
               JOIN signals_personaltext said ON said.event_id = newest.event_id AND said.member = 'title'),
       (SELECT count(DISTINCT part.primary_id) FROM image
         CROSS JOIN LATERAL (SELECT primary_id FROM signals_involvement
                              WHERE entity_id = image.entity_id AND role = 'images' LIMIT 50) part
         WHERE part.primary_id <> %(listing)s AND part.primary_id NOT IN (SELECT primary_id FROM mine)),
       (SELECT count(DISTINCT part.actor_id) FROM (
          SELECT primary_id, actor_id, kind FROM signals_involvement
           WHERE entity_id = %(listing)s AND role = 'listing' AND superseded_at IS NULL
           ORDER BY occurred_at DESC LIMIT %(events)s) part
          JOIN signals_entity payment ON payment.id = part.primary_id AND payment.state IN ('authorized', 'captured')
         WHERE part.kind IN ('payment.authorized', 'payment.captured'))
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A seller's newest listings; `titles` are those of others than the one looked at.

    `usual_minor` is the middle price of `priced` others in the base currency. `same_image` counts listings of other
    sellers with one of its photos. `open_orders` counts buyers whose payment stands.
    """

    since: datetime | None
    listings: int
    sold: int
    removed: int
    usual_minor: int | None
    priced: int
    titles: list[str]
    same_image: int
    open_orders: int


def read(*, listing: int, seller: int) -> Shelf:
    """Return what stands around a listing."""
    terms = {"listing": listing, "seller": seller, "events": EVENTS, "titles": TITLES}
    return Shelf(*db.rows(_READ, terms)[0])
