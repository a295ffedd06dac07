"""Who stands behind an attribute: the accounts that share a device, an address, a card or a domain of mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cases import permissions
from cases.queries.names import EntityName, name_with
from signals.models import Entity
from tscore.core import db
from tscore.core.models import User

# What is looked at of a hub, the newest, what is shown of it, and where counting stops.
LOOKED_AT: Final = 500
SHOWN: Final = 50
COUNT_CAP: Final = 1_000

_BEHIND: Final = f"""
WITH sharing AS MATERIALIZED (
  SELECT link.origin_id, link.kind, link.first_seen_at, link.last_seen_at, link.count
    FROM signals_link link JOIN signals_entity account ON account.id = link.origin_id AND account.kind = 'account'
   WHERE link.target_id = %(entity)s
   ORDER BY link.first_seen_at DESC, link.origin_id DESC LIMIT {LOOKED_AT}),
once AS (
  SELECT origin_id, min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at, sum(count) AS times,
         string_agg(DISTINCT kind, ', ') AS kinds
    FROM sharing GROUP BY origin_id ORDER BY max(last_seen_at) DESC, origin_id DESC LIMIT {SHOWN})
SELECT account.id, account.external_id, account.ref, account.hub, account.state, once.kinds, once.first_seen_at,
       once.last_seen_at, once.times, own.id, own.severity,
       (SELECT count(DISTINCT link.origin_id) FROM (
          SELECT every.origin_id FROM signals_link every WHERE every.target_id = %(entity)s LIMIT {COUNT_CAP}) link
          JOIN signals_entity counted ON counted.id = link.origin_id AND counted.kind = 'account')
  FROM once
  JOIN signals_entity account ON account.id = once.origin_id
  LEFT JOIN LATERAL (
    SELECT c.id, c.severity FROM cases_case c
     WHERE c.entity_id = account.id AND c.state <> 'closed' AND c.queue_id = ANY(%(queues)s::bigint[])
     ORDER BY c.priority DESC, c.id LIMIT 1) own ON true
 ORDER BY once.last_seen_at DESC, account.id DESC
"""


@dataclass(frozen=True, slots=True)
class Sharer:
    """One account behind an attribute, with its most pressing open case that the person may see."""

    name: EntityName
    link_kinds: str
    first_seen_at: datetime
    last_seen_at: datetime
    count: int
    case_ref: str
    case_severity: str


@dataclass(frozen=True, slots=True)
class Behind:
    """The accounts seen last; `total` counts all of them and stops at 1,000."""

    sharers: list[Sharer]
    total: int

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total >= COUNT_CAP


def behind(entity: Entity, *, user: User) -> Behind:
    """Return the accounts that an entity links together, at most 50, in one statement."""
    queues = [queue.pk for queue in permissions.queues_of(user)]
    rows = db.rows(_BEHIND, {"entity": entity.pk, "queues": queues})
    return Behind([_sharer(row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def _sharer(row: tuple[Any, ...]) -> Sharer:
    pk, external_id, ref, hub, state, kinds, first, last, times, case_id, severity = row
    account = Entity(pk=pk, kind="account", external_id=external_id, ref=ref, hub=hub, state=state)
    return Sharer(
        name=name_with(account, None),
        link_kinds=kinds,
        first_seen_at=first,
        last_seen_at=last,
        count=times,
        case_ref=f"C-{case_id}" if case_id else "",
        case_severity=severity or "",
    )
