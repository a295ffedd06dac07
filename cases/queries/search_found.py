"""The search behind an exact miss: things by what was written in them, and cases by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cases import permissions
from cases.enums import CaseState
from cases.queries.names import EntityName, names_of
from cases.queries.search_asked import STATES, Asked, looks_like, read
from cases.services import catalogue
from signals.kinds_members import ENTITY_KINDS
from signals.models import Entity
from signals.models.personal import SEARCHED_MEMBERS
from signals.queries import find_named
from signals.queries.written import (
    Question,
    Written,
    WrittenFound,
    domains_like,
    entities_near,
    find_written,
    with_typos,
)
from tscore.core import db
from tscore.core.models import User

GIVEN: Final = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing with the text that was found in it; `member` says where, both are empty where it is near by its id."""

    name: EntityName
    member: str = ""
    text: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The best hits of one kind of thing; `total` of those looked at."""

    kind: str
    total: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class CaseHit:
    """One case of a queue the person may see."""

    ref: str
    abuse_name: str
    severity: str
    state: str
    opened_at: datetime
    subject: EntityName


@dataclass(slots=True)
class Results:
    """What was understood, what was left out, and what was found; `words` are those to mark in texts."""

    looks_like: str
    notes: list[str]
    words: list[str]
    cases: list[CaseHit] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_capped: bool = False
    nearly: str = ""  # how hits differ from what was asked for, in words


_CASES: Final = f"""
SELECT c.id, c.abuse_type_id, c.severity, c.state, c.opened_at, c.queue_id, c.entity_id
  FROM unnest(%(queues)s::bigint[]) mine (id)
 CROSS JOIN LATERAL (
   SELECT held.* FROM cases_case held
    WHERE held.queue_id = mine.id AND {{state}}
      AND (%(severities)s::text[] IS NULL OR held.severity = ANY(%(severities)s))
      AND (%(entities)s::bigint[] IS NULL OR held.entity_id = ANY(%(entities)s))
    ORDER BY {{order}} LIMIT {GIVEN}) c
 ORDER BY c.state = 'closed', c.priority DESC, c.id DESC LIMIT {GIVEN}
"""


def search(*, user: User, text: str) -> Results:
    """Return what a text finds besides what it names exactly; cases only of queues the person may see."""
    text = text.replace("\x00", " ").strip()
    asked = read(text)
    of = _named(asked)
    things, near = _things(asked, text, of)
    found = Results(looks_like(text), asked.notes, [*asked.words, *asked.phrases])
    found.is_capped, found.nearly = things.is_capped, near.why
    pool = Entity.objects.filter(pk__in={one.entity_id for one in things.things}) if things.things else []
    cases = _cases(asked, user, [*(of or []), *(one.pk for one in [*pool, *near.entities])])
    subjects = Entity.objects.filter(pk__in={row[6] for row in cases}) if cases else []
    names = names_of([*pool, *near.entities, *subjects])
    found.cases = [_case(row, names) for row in cases]
    found.groups = _groups(things, near, names)
    return found


@dataclass(frozen=True, slots=True)
class _Near:
    why: str = ""
    entities: Sequence[Entity] = ()


def _things(asked: Asked, text: str, of: Sequence[int] | None) -> tuple[WrittenFound, _Near]:
    """Look for words as they are, then for ids and domains that look alike, then for words one letter off."""
    if of is None or (asked.about_cases and not (asked.words or asked.phrases or of)):
        return WrittenFound([], {}, False), _Near()
    question = Question(asked.words, asked.phrases, asked.without)
    found = _written(asked, question, of)
    if found.things:
        return found, _Near()
    if asked.is_plain and len(asked.words) == 1 and (alike := _alike(text)):
        return found, _Near("Nothing is called exactly so. These look much like it.", alike)
    if typos := with_typos(question):
        found = _written(asked, typos, of)
    return found, _Near("No text has these words. Those here are one letter off." if found.things else "")


def _alike(text: str) -> list[Entity]:
    return list({one.pk: one for one in [*entities_near(text), *domains_like(text)]}.values())


def _written(asked: Asked, asks: Question, of: Sequence[int]) -> WrittenFound:
    kinds = [kind for kind in asked.fields.get("kind", []) if kind != "case"]
    return find_written(asks, members=asked.fields.get("in", SEARCHED_MEMBERS), kinds=kinds or None, of=of)


def _named(asked: Asked) -> list[int] | None:
    """Return the entities that fields name, or None where one of them is not known."""
    found = []
    for kind, text in asked.entities:
        held = find_named([text], [kind])
        if not held:
            asked.notes.append(f"Nothing has been received with this {kind.replace('_', ' ')}.")
            return None
        found.append(held[0].pk)
    return found


def _cases(asked: Asked, user: User, about: Sequence[int]) -> list[tuple[int, str, str, str, datetime, int, int]]:
    is_narrowed = bool(asked.words or asked.phrases or asked.entities)
    if not about and (is_narrowed or not asked.about_cases):
        return []
    terms = {
        "queues": _queues(asked, user),
        "severities": asked.fields.get("severity"),
        "entities": list(about) if is_narrowed else None,
        "states": _states(asked),
    }
    closed_only = terms["states"] == [CaseState.CLOSED]
    state = "held.state = 'closed'" if closed_only else "held.state = ANY(%(states)s)"
    if not is_narrowed and not closed_only:
        state = "held.state <> 'closed' AND held.state = ANY(%(states)s)"
    order = "held.closed_at DESC" if closed_only else "held.priority DESC, held.due_at, held.id"
    return db.rows(_CASES.format(state=state, order=order), terms)


def _states(asked: Asked) -> list[str]:
    wanted = set(asked.fields.get("state", STATES if asked.entities or asked.words else ["open"]))
    return [state for state in CaseState.values if state in wanted or ("open" in wanted and state != CaseState.CLOSED)]


def _queues(asked: Asked, user: User) -> list[int]:
    mine = permissions.queues_of(user)
    slugs = asked.fields.get("queue")
    if slugs is None:
        return [queue.pk for queue in mine]
    unknown = [slug for slug in slugs if slug not in {queue.slug for queue in mine}]
    asked.notes += [f"You can open no queue {slug}." for slug in unknown]
    return [queue.pk for queue in mine if queue.slug in slugs]


def _case(row: tuple[int, str, str, str, datetime, int, int], names: dict[int, EntityName]) -> CaseHit:
    pk, abuse_type, severity, state, opened_at, queue_id, entity_id = row
    abuse = catalogue.holding([queue_id]).abuse_types[abuse_type].name
    return CaseHit(f"C-{pk}", abuse, severity, state, opened_at, names[entity_id])


def _groups(things: WrittenFound, near: _Near, names: dict[int, EntityName]) -> list[Group]:
    by_kind: dict[str, list[Hit]] = {}
    for one in things.things:
        by_kind.setdefault(one.kind, []).append(_hit(one, names))
    for entity in near.entities:
        by_kind.setdefault(entity.kind, []).append(Hit(names[entity.pk]))
    kinds = sorted(by_kind, key=ENTITY_KINDS.index)
    return [Group(kind, things.totals.get(kind, len(by_kind[kind])), by_kind[kind]) for kind in kinds]


def _hit(one: Written, names: dict[int, EntityName]) -> Hit:
    return Hit(names[one.entity_id], one.member, one.text, one.occurred_at)
