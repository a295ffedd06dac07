"""Whose case a signal makes: its subject by abuse type, as section 6 of the interfaces tells it.

For each role of the queue in turn: the signal's own entity if it holds the role in the trigger (or fits it, where there
is no trigger), else the role in the trigger, else the role in the newest earlier event of the trigger's primary
entity or of an entity that one links to. If no role leads anywhere: the signal's own entity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tscore.core import db

# Bounds of one look back: a crowd behind one address is no clue to anybody in it.
LINKS, EVENTS = 20, 100
ACCOUNT_ROLES = frozenset({"account", "sender", "recipient", "buyer", "seller", "reporter", "appellant"})

_SIGNALS = """
SELECT signal.id, signal.entity_id, entity.kind, signal.abuse_type_id, trigger_event.id, trigger_event.roles,
       ARRAY(SELECT part.role FROM signals_involvement part
              WHERE part.event_id = trigger_event.id AND part.entity_id = signal.entity_id)
  FROM signals_signal signal
  JOIN signals_entity entity ON entity.id = signal.entity_id
  LEFT JOIN signals_signalevent evidence ON evidence.signal_id = signal.id AND evidence.position = 0
  LEFT JOIN signals_event trigger_event ON trigger_event.id = evidence.event_id
 WHERE signal.id = ANY(%(signals)s::bigint[])
 ORDER BY signal.id
"""

_EARLIER = """
SELECT wanted.event_id, wanted.role, found.entity_id
  FROM unnest(%(events)s::bigint[], %(roles)s::text[]) AS wanted (event_id, role)
  JOIN signals_event start ON start.id = wanted.event_id
  CROSS JOIN LATERAL (
    SELECT (past.roles ->> wanted.role)::bigint AS entity_id
      FROM (SELECT self.id FROM signals_entity self WHERE self.id = start.entity_id AND NOT self.hub
             UNION ALL
            (SELECT link.target_id
               FROM signals_link link
               JOIN signals_entity target ON target.id = link.target_id AND NOT target.hub
              WHERE link.origin_id = start.entity_id
              ORDER BY link.last_seen_at DESC, link.target_id
              LIMIT %(links)s)) near (id)
     CROSS JOIN LATERAL (
       SELECT part.event_id
         FROM signals_involvement part
        WHERE part.entity_id = near.id AND part.occurred_at <= start.occurred_at
          AND (part.occurred_at, part.event_id) < (start.occurred_at, start.id) AND part.superseded_at IS NULL
        ORDER BY part.occurred_at DESC, part.event_id DESC
        LIMIT %(events_each)s) seen
      JOIN signals_event past ON past.id = seen.event_id
     WHERE past.roles ? wanted.role
     ORDER BY past.occurred_at DESC, past.id DESC
     LIMIT 1) found
"""


@dataclass(slots=True)
class _Search:
    """One signal on its way to a subject: what is known of it, and the roles still to be tried."""

    signal_id: int
    entity_id: int
    entity_kind: str
    trigger_id: int | None
    trigger_roles: Mapping[str, int]
    own_roles: Sequence[str]
    roles: list[str] = field(default_factory=list)
    subject_id: int | None = None


def resolve(*, signal_ids: Sequence[int], roles_of: Mapping[str, Sequence[str]]) -> dict[int, int]:
    """Return the subject's entity id by signal id.

    Args:
        roles_of: the roles of the queue by abuse type; a signal of another abuse type is its own subject.
    """
    searches = [_search(row, roles_of) for row in db.prepared(_SIGNALS, {"signals": db.array(signal_ids)})]
    open_searches = searches
    while open_searches := [search for search in open_searches if search.subject_id is None and search.roles]:
        for search in open_searches:
            search.subject_id = _in_trigger(search)
        _look_back([search for search in open_searches if search.subject_id is None])
        for search in open_searches:
            search.roles.pop(0)
    return {search.signal_id: search.subject_id or search.entity_id for search in searches}


def _search(row: tuple[Any, ...], roles_of: Mapping[str, Sequence[str]]) -> _Search:
    signal_id, entity_id, kind, abuse_type, trigger_id, trigger_roles, own_roles = row
    roles = list(roles_of.get(abuse_type, ()))
    return _Search(signal_id, entity_id, kind, trigger_id, json.loads(trigger_roles or "{}"), own_roles, roles)


def _in_trigger(search: _Search) -> int | None:
    role = search.roles[0]
    holds_it = role in search.own_roles if search.trigger_id else search.entity_kind == kind_of(role)
    return search.entity_id if holds_it else search.trigger_roles.get(role)


def kind_of(role: str) -> str:
    """Return the entity kind that holds a role: people are accounts, everything else is called by its kind."""
    return "account" if role in ACCOUNT_ROLES else role


def _look_back(searches: Sequence[_Search]) -> None:
    wanted = {(search.trigger_id, search.roles[0]) for search in searches if search.trigger_id}
    if not wanted:
        return
    events, roles = zip(*sorted(wanted), strict=True)
    terms = {"events": db.array(events), "roles": db.array(roles), "links": LINKS, "events_each": EVENTS}
    found = db.prepared(_EARLIER, terms)
    entity_of = {(event_id, role): entity_id for event_id, role, entity_id in found}
    for search in searches:
        search.subject_id = entity_of.get((search.trigger_id, search.roles[0]))
