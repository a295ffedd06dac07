"""The look-up box: any id, e-mail, phone, ip, card or case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases import permissions
from cases.queries.names import EntityName, names_of
from cases.queries.who import OtherCase, cases_about
from signals.models import Entity
from signals.queries import find_entities
from tscore.core import db
from tscore.core.models import User

_CASE = re.compile(r"[Cc]-?(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text led to; `understood` says how it was read."""

    understood: str
    cases: list[OtherCase]
    entities: list[EntityName]


def look_up(*, user: User, text: str) -> Found:
    """Return the cases and entities a text names, exactly; cases only of the person's queues."""
    text = text.strip()
    if not text:
        return Found("", [], [])
    number = _CASE.fullmatch(text)
    if number:
        return Found(f"case C-{int(number[1])}", _case(user, int(number[1])), [])
    entities = find_entities(text)
    cases = [case for entity in entities for case in _visible(user, entity.pk)]
    return Found(_understood(entities), cases, list(names_of(entities).values()))


def _understood(entities: list[Entity]) -> str:
    kinds = dict.fromkeys(entity.kind.replace("_", " ") for entity in entities)
    return " or ".join(kinds) or "an id, e-mail, telephone number, address, card or case number"


def _case(user: User, number: int) -> list[OtherCase]:
    owner = db.rows("SELECT entity_id FROM cases_case WHERE id = %s", [number])
    return [case for (entity_id,) in owner for case in _visible(user, entity_id) if case.ref == f"C-{number}"]


def _visible(user: User, entity_id: int) -> list[OtherCase]:
    return [case for case, queue_id in cases_about(entity_id) if permissions.may_review(user, queue_id)]
