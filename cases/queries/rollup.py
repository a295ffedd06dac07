"""One account across all surfaces: its payments, disputes, payouts, listings and messages, each with its open case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from cases import permissions
from cases.queries.names import EntityName, name_with
from cases.services import catalogue
from signals.models import Entity
from tscore.core import db
from tscore.core.models import User

# How far back one look goes (events of every kind, then those of these surfaces), and what is shown of each.
EVENTS: Final = 5_000
PARTS: Final = 500
SHOWN: Final = 10
SURFACES: Final = ("payment", "dispute", "payout", "listing", "message")

# An account takes part in its payments; a dispute names only the payment, and is found through it. Newest first, so
# that the walk along the index ends early, whatever the account did before.
_SURFACES: Final = """
WITH recent AS MATERIALIZED (
  SELECT near.* FROM (
    SELECT part.primary_id, part.role, part.kind, part.occurred_at, part.event_id, part.amount_base_minor
      FROM signals_involvement part
     WHERE part.entity_id = %(entity)s AND part.superseded_at IS NULL
     ORDER BY part.occurred_at DESC, part.event_id DESC LIMIT %(events)s) near
   WHERE split_part(near.kind, '.', 1) = ANY(%(surfaces)s)
   ORDER BY near.occurred_at DESC, near.event_id DESC LIMIT %(parts)s),
mine AS MATERIALIZED (
  SELECT DISTINCT ON (recent.primary_id) recent.*, split_part(recent.kind, '.', 1) AS surface
    FROM recent ORDER BY recent.primary_id, recent.occurred_at DESC, recent.event_id DESC, recent.role),
disputed AS MATERIALIZED (
  SELECT DISTINCT ON (part.primary_id) part.primary_id, mine.role, part.kind, part.occurred_at, part.event_id,
         part.amount_base_minor, 'dispute' AS surface
    FROM mine
   CROSS JOIN LATERAL (
     SELECT held.* FROM signals_involvement held
      WHERE held.entity_id = mine.primary_id AND held.superseded_at IS NULL
      ORDER BY held.occurred_at DESC LIMIT %(shown)s) part
   WHERE mine.surface = 'payment' AND part.kind LIKE 'dispute.%%'
   ORDER BY part.primary_id, part.occurred_at DESC, part.event_id DESC),
placed AS (
  SELECT found.*, row_number() OVER along AS place, count(*) OVER (PARTITION BY found.surface) AS total
    FROM (SELECT * FROM mine UNION ALL SELECT * FROM disputed) found
  WINDOW along AS (PARTITION BY found.surface ORDER BY found.occurred_at DESC, found.event_id DESC))
SELECT placed.surface, placed.total, words.text, placed.role, placed.kind, placed.occurred_at, placed.amount_base_minor,
       thing.id, thing.kind, thing.external_id, thing.ref, thing.hub, thing.state,
       own.id, own.abuse_type_id, own.severity, own.queue_id
  FROM placed
  JOIN signals_entity thing ON thing.id = placed.primary_id
  LEFT JOIN LATERAL (
    SELECT c.id, c.abuse_type_id, c.severity, c.queue_id FROM cases_case c
     WHERE c.entity_id = thing.id AND c.state <> 'closed' ORDER BY c.id DESC LIMIT 1) own ON true
  LEFT JOIN LATERAL (
    SELECT said.text
      FROM (SELECT told.event_id FROM signals_involvement told
             WHERE told.entity_id = thing.id AND told.primary_id = thing.id AND told.superseded_at IS NULL
               AND told.kind IN ('listing.created', 'listing.updated', 'message.sent')
             ORDER BY told.occurred_at DESC LIMIT 1) newest
      JOIN signals_personaltext said ON said.event_id = newest.event_id
       AND said.member IN ('title', 'text')) words ON true
 WHERE placed.place <= %(shown)s
 ORDER BY array_position(%(surfaces)s, placed.surface), placed.place
"""


@dataclass(frozen=True, slots=True)
class Thing:
    """One payment, dispute, payout, listing or message; `event_kind` is the last that happened to it.

    `text` is the title of a listing and the words of a message as far as they are kept, empty for the others.
    """

    name: EntityName
    text: str
    role: str
    event_kind: str
    occurred_at: datetime
    amount_base_minor: int | None
    case_ref: str
    case_abuse: str
    case_severity: str


@dataclass(frozen=True, slots=True)
class Surface:
    """The newest things of one kind; `total` counts those of the account's last 500 such events."""

    kind: str
    total: int
    things: list[Thing]


def surfaces(*, account: Entity, user: User, kinds: Sequence[str] = SURFACES, shown: int = SHOWN) -> list[Surface]:
    """Return what an account did on every surface, in one statement; cases only of queues the person may see.

    Disputes are found through payments, so `kinds` that name them name both.
    """
    terms = {
        "entity": account.pk,
        "events": EVENTS,
        "parts": PARTS,
        "shown": shown,
        "surfaces": list(kinds),
    }
    rows = db.rows(_SURFACES, terms)
    return [_surface(kind, list(lines), user) for kind, lines in groupby(rows, key=lambda row: str(row[0]))]


def _surface(kind: str, rows: list[tuple[Any, ...]], user: User) -> Surface:
    return Surface(kind, rows[0][1], [_thing(row[2:], user) for row in rows])


def _thing(row: tuple[Any, ...], user: User) -> Thing:
    text, role, event_kind, at, amount, pk, kind, external_id, ref, hub, state, case_id, abuse, severity, queue_id = row
    entity = Entity(pk=pk, kind=kind, external_id=external_id, ref=ref, hub=hub, state=state)
    is_seen = case_id is not None and permissions.may_review(user, queue_id)
    return Thing(
        name=name_with(entity, None),
        text=text or "",
        role=role,
        event_kind=event_kind,
        occurred_at=at,
        amount_base_minor=amount,
        case_ref=f"C-{case_id}" if is_seen else "",
        case_abuse=catalogue.current().abuse_types[abuse].name if is_seen else "",
        case_severity=severity if is_seen else "",
    )
