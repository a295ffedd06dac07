"""The left pane: who this is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from cases.queries.names import EntityName, names_of
from cases.services import catalogue
from signals.models import Entity
from tscore.core import db

LINKED = 20
# Where counting stops.
EVENTS, SHARERS, CASES = 1000, 100, 50


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject's card; `event_count` stops at 1,000."""

    name: EntityName
    state: str
    state_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    event_count: int
    prior_decisions: int
    prior_actions: int
    label_classes: list[str]


@dataclass(frozen=True, slots=True)
class Linked:
    """An entity seen together with the subject, and how many accounts share it (stops at 100)."""

    name: EntityName
    link_kind: str
    first_seen_at: datetime
    last_seen_at: datetime
    count: int
    account_count: int
    actioned_count: int


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another case of the same subject."""

    ref: str
    abuse_name: str
    severity: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Who:
    """Everything the left pane shows."""

    subject: Subject
    linked: list[Linked]
    other_cases: list[OtherCase]


_FIGURES = """
SELECT (SELECT count(*) FROM (SELECT FROM signals_involvement part WHERE part.entity_id = %(entity)s
                               LIMIT %(events)s) taken),
       (SELECT count(*) FROM cases_decision decision JOIN cases_case c ON c.id = decision.case_id
         WHERE c.entity_id = %(entity)s AND decision.supersedes_id IS NULL
           AND NOT EXISTS (SELECT FROM cases_decision later WHERE later.supersedes_id = decision.id)),
       (SELECT count(*) FROM cases_action action
         WHERE action.entity_id = %(entity)s AND action.state = 'done' AND action.reverses_id IS NULL),
       ARRAY(SELECT DISTINCT label.label_class FROM signals_label label
              WHERE label.entity_id = %(entity)s AND label.event_id IS NULL AND label.verdict <> 'withdrawn'
                AND NOT EXISTS (SELECT FROM signals_label later WHERE later.supersedes_id = label.id)
              ORDER BY 1)
"""

_LINKED = """
WITH near AS (
  (SELECT link.target_id AS id, link.kind, link.first_seen_at, link.last_seen_at, link.count
     FROM signals_link link JOIN signals_entity entity ON entity.id = link.target_id
    WHERE link.origin_id = %(entity)s AND entity.kind = ANY(%(kinds)s)
    ORDER BY link.last_seen_at DESC, link.target_id DESC LIMIT %(linked)s)
  UNION ALL
  (SELECT * FROM (
     SELECT link.origin_id AS id, link.kind, link.first_seen_at, link.last_seen_at, link.count
       FROM signals_link link JOIN signals_entity entity ON entity.id = link.origin_id
      WHERE link.target_id = %(entity)s AND entity.kind = ANY(%(kinds)s)
      ORDER BY link.first_seen_at DESC, link.origin_id DESC LIMIT %(sharers)s) joined
    ORDER BY last_seen_at DESC, id DESC LIMIT %(linked)s))
SELECT near.id, near.kind, near.first_seen_at, near.last_seen_at, near.count, shared.accounts, shared.actioned
  FROM near CROSS JOIN LATERAL (
    SELECT count(*) AS accounts,
           count(*) FILTER (WHERE account.state IN ('suspended', 'restricted', 'closed')) AS actioned
      FROM (SELECT DISTINCT link.origin_id FROM signals_link link
              JOIN signals_entity origin ON origin.id = link.origin_id AND origin.kind = 'account'
             WHERE link.target_id = near.id LIMIT %(sharers)s) taken
      JOIN signals_entity account ON account.id = taken.origin_id) shared
 ORDER BY near.last_seen_at DESC, near.id
 LIMIT %(linked)s
"""
_KINDS = ("account", "device", "ip", "card", "email", "phone", "domain", "address", "payout_account", "image")

_CASES = """
SELECT c.id, c.abuse_type_id, c.severity, c.state, c.opened_at, c.closed_at, coalesce(decided.verdict, ''), c.queue_id
  FROM cases_case c
  LEFT JOIN LATERAL (SELECT decision.verdict FROM cases_decision decision
                      WHERE decision.case_id = c.id ORDER BY decision.id DESC LIMIT 1) decided ON true
 WHERE c.entity_id = %(entity)s
 ORDER BY c.opened_at DESC, c.id DESC
 LIMIT %(cases)s
"""


def who(*, case: Case) -> Who:
    """Return the subject, what is linked to it and its other cases."""
    linked = linked_to(case.entity)
    others = [found for found, _ in cases_about(case.entity_id) if found.ref != case.ref]
    return Who(subject=subject_of(case.entity), linked=linked, other_cases=others)


def subject_of(entity: Entity) -> Subject:
    """Return the card of an entity, in two statements at most."""
    [(events, decisions, actions, labels)] = db.rows(_FIGURES, {"entity": entity.pk, "events": EVENTS})
    return Subject(
        name=names_of([entity])[entity.pk],
        state=entity.state,
        state_at=entity.state_at,
        first_seen_at=entity.first_seen_at,
        last_seen_at=entity.last_seen_at,
        event_count=events,
        prior_decisions=decisions,
        prior_actions=actions,
        label_classes=labels,
    )


def linked_to(entity: Entity, *, kinds: Sequence[str] = _KINDS, opened: bool = True) -> list[Linked]:
    """Return what an entity was seen with, newest first, in three statements at most; personal values if `opened`."""
    terms = {"entity": entity.pk, "kinds": list(kinds), "linked": LINKED, "sharers": SHARERS}
    rows = db.rows(_LINKED, terms)
    names = _names({row[0] for row in rows}, opened=opened)
    return [Linked(names[row[0]], *row[1:]) for row in rows]


def cases_about(entity_id: int) -> list[tuple[OtherCase, int]]:
    """Return the newest cases of an entity, each with the id of its queue."""
    rows = db.rows(_CASES, {"entity": entity_id, "cases": CASES})
    types = catalogue.holding(row[-1] for row in rows).abuse_types
    return [
        (OtherCase(f"C-{pk}", types[abuse_type].name, severity, state, opened_at, closed_at, verdict), queue_id)
        for pk, abuse_type, severity, state, opened_at, closed_at, verdict, queue_id in rows
    ]


def _names(entity_ids: Iterable[int], *, opened: bool) -> dict[int, EntityName]:
    return names_of(Entity.objects.filter(pk__in=set(entity_ids)), opened=opened)
