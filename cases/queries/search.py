"""The look-up box: any id, e-mail, phone, ip, card or case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from cases import permissions
from cases.queries.names import EntityName, names_of
from cases.queries.who import OtherCase, cases_about
from signals.features.domains import registrable
from signals.kinds_members import THINGS
from signals.models import Entity
from signals.queries import find_entities, find_named
from tscore.core import db
from tscore.core.models import User

# Of an address: so many parts of its path, the last ones, and values of its question may be an id.
_PARTS = 6
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
    if "://" in text:
        return Found("a web address", [], list(names_of(_behind(text)).values()))
    entities = find_entities(text)
    cases = [case for entity in entities for case in _visible(user, entity.pk)]
    return Found(_understood(entities), cases, list(names_of(entities).values()))


def _behind(address: str) -> list[Entity]:
    """Return the one thing whose id stands in a web address, else the domain as we know it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return []
    path = [unquote(part) for part in parts.path.split("/") if part][-_PARTS:]
    ids = [*reversed(path), *(value for _, value in parse_qsl(parts.query)[:_PARTS])]
    found = {entity.external_id: entity for entity in reversed(find_named(ids, THINGS))}
    first = next((found[name] for name in ids if name in found), None)
    return [first] if first else find_named([host], ["domain"]) or find_named([registrable(host) or host], ["domain"])


def _understood(entities: list[Entity]) -> str:
    kinds = dict.fromkeys(entity.kind.replace("_", " ") for entity in entities)
    return " or ".join(kinds) or "an id, e-mail, telephone number, address, card or case number"


def _case(user: User, number: int) -> list[OtherCase]:
    owner = db.rows("SELECT entity_id FROM cases_case WHERE id = %s", [number])
    return [case for (entity_id,) in owner for case in _visible(user, entity_id) if case.ref == f"C-{number}"]


def _visible(user: User, entity_id: int) -> list[OtherCase]:
    return [case for case, queue_id in cases_about(entity_id) if permissions.may_review(user, queue_id)]
