"""What accounts share, read around some of them: set-based, one statement a hop, bounded in every direction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from cases.services.ring_groups import CROWDS, SHARERS, WEIGHTS, Shared, is_crowded, neighbours
from tscore.core import db

# Bounds of one look: hops from the start, accounts read in one hop and in all, things of one account, links read of
# one account and of one thing. Hubs (a carrier's address, a free-mail domain) are not followed at all.
HOPS: Final = 4
A_HOP: Final = 200
ALL: Final = 1000
THINGS: Final = 20
LINKS: Final = 2000
READS: Final = 5000
MOST_SHARERS: Final = max(SHARERS, *CROWDS.values()) + 1

# Newest things first by id (the primary key, read backwards), then strongest kinds first. A link's origin is asked for
# its kind one by one, so that counting stops as soon as enough accounts are known, whatever the planner believes.
_SHARED: Final = """
WITH mine AS MATERIALIZED (
  SELECT DISTINCT near.id, near.kind
    FROM unnest((SELECT %(accounts)s::bigint[])) AS seed (id)
   CROSS JOIN LATERAL (
     SELECT thing.id, thing.kind
       FROM (SELECT held.target_id, max(held.last_seen_at) AS last_seen_at
               FROM (SELECT link.target_id, link.last_seen_at FROM signals_link link
                      WHERE link.origin_id = seed.id ORDER BY link.target_id DESC LIMIT %(links)s) held
              GROUP BY held.target_id) seen
       JOIN signals_entity thing ON thing.id = seen.target_id
      WHERE NOT thing.hub AND thing.kind = ANY(%(kinds)s)
      ORDER BY array_position(%(kinds)s, thing.kind::text), seen.last_seen_at DESC, thing.id DESC
      LIMIT %(things)s) near)
SELECT mine.id, mine.kind, ARRAY(
    SELECT DISTINCT account.origin_id
      FROM (SELECT newest.origin_id
              FROM (SELECT link.origin_id FROM signals_link link
                     WHERE link.target_id = mine.id ORDER BY link.first_seen_at DESC LIMIT %(reads)s) newest
             WHERE (SELECT origin.kind FROM signals_entity origin WHERE origin.id = newest.origin_id) = 'account'
             LIMIT %(sharers)s) account)
  FROM mine ORDER BY mine.id
"""
_KINDS: Final = sorted(WEIGHTS, key=lambda kind: (-WEIGHTS[kind], kind))

# Locked by id, as intake does.
_MARK: Final = """
WITH crowded AS MATERIALIZED (
  SELECT id FROM signals_entity WHERE id = ANY(%s::bigint[]) AND NOT hub ORDER BY id FOR NO KEY UPDATE)
UPDATE signals_entity SET hub = true FROM crowded WHERE signals_entity.id = crowded.id"""


def around(accounts: Sequence[int]) -> list[Shared]:
    """Return what these accounts share with others, and what those share in turn, as far as the bounds allow.

    Only accounts that are joined to one already known are followed.
    """
    found: dict[int, Shared] = {}
    known: set[int] = set()
    frontier = sorted(set(accounts))
    for _ in range(HOPS):
        frontier = frontier[: min(A_HOP, ALL - len(known))]
        if not frontier:
            break
        known.update(frontier)
        found.update((one.id, one) for one in _read(frontier))
        joined = neighbours(found.values(), keep=accounts)
        frontier = sorted({other for account in known for other in joined.get(account, ())} - known)
    return [found[key] for key in sorted(found)]


def mark_crowds(shared: Collection[Shared]) -> None:
    """Mark what a crowd shares as a hub, so that nobody follows it again; joins the caller's transaction."""
    crowded = sorted(one.id for one in shared if is_crowded(one))
    if crowded:
        db.rows(_MARK, [db.array(crowded)])


def _read(accounts: Sequence[int]) -> list[Shared]:
    terms = {
        "accounts": db.array(list(accounts)),
        "kinds": _KINDS,
        "links": LINKS,
        "things": THINGS,
        "reads": READS,
        "sharers": MOST_SHARERS,
    }
    return [Shared(pk, kind, tuple(holders)) for pk, kind, holders in db.rows(_SHARED, terms)]
