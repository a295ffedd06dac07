"""Entities by whatever somebody typed, and the personal values behind tokens."""

from __future__ import annotations

from collections.abc import Iterable

from signals.features.identifiers import is_pseudonym
from signals.kinds_members import ENTITY_KINDS, ID_LIMIT, PERSONAL_KINDS
from signals.models import Entity, PersonalValue
from signals.services.intake.entities import aad
from signals.services.intake.personal import external_id
from tscore.core import crypto, ids
from tscore.core.db import rows

MOST = 20
_LONGEST = 500

FIND_SQL = """
SELECT e.id FROM unnest(%s::text[], %s::text[]) AS wanted (kind, external_id)
JOIN signals_entity e USING (kind, external_id)
UNION SELECT id FROM signals_entity WHERE ref = %s
LIMIT %s"""
BY_EVENT_SQL = """
SELECT DISTINCT entity_id FROM (
  SELECT entity_id FROM signals_event WHERE source_id IN (SELECT id FROM signals_source) AND external_id = %s
  UNION ALL SELECT entity_id FROM signals_event WHERE id = %s
) found LIMIT %s"""


def find_entities(text: str) -> list[Entity]:
    """Find entities by any id, e-mail, phone, ip, card or account, a reference or a token; newest first, at most 20.

    An event's id or reference finds the entity it is about.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST or "\x00" in text:
        return []
    wanted = wanted_of(text)
    kinds, names = [kind for kind, _ in wanted], [name for _, name in wanted]
    found = rows(FIND_SQL, [kinds, names, text[:24], MOST])
    if not found and len(text) <= ID_LIMIT:
        found = rows(BY_EVENT_SQL, [text, ids.parse_row_ref("ev", text) or 0, MOST])
    return list(Entity.objects.filter(pk__in=[pk for (pk,) in found]).order_by("-last_seen_at", "pk"))


def find_named(names: Iterable[str], kinds: Iterable[str]) -> list[Entity]:
    """Find entities of these kinds by any of these ids or values, newest first, at most 20, in two statements."""
    wanted = {pair for name in names if "\x00" not in name for pair in wanted_of(name, kinds)}
    if not wanted:
        return []
    found = rows(FIND_SQL, [[kind for kind, _ in wanted], [name for _, name in wanted], "", MOST])
    return list(Entity.objects.filter(pk__in=[pk for (pk,) in found]).order_by("-last_seen_at", "pk"))


def personal(entity_ids: Iterable[int]) -> dict[int, str]:
    """Return the personal values of entities, decrypted, in one statement; erased ones are missing."""
    held = PersonalValue.objects.filter(entity_id__in=list(entity_ids)).select_related("entity")
    found: dict[int, str] = {}
    for value in held:
        bound_to = aad(value.entity.kind, value.entity.external_id)
        found[value.entity_id] = crypto.open_sealed(bytes(value.ciphertext), bound_to)
    return found


def wanted_of(text: str, kinds: Iterable[str] = ENTITY_KINDS) -> list[tuple[str, str]]:
    """Return under which kind and id a text may be held."""
    if is_pseudonym(text) or text.startswith("tok_"):
        return [(kind, text) for kind in kinds]
    found = []
    for kind in kinds:
        name = external_id(kind, text) if kind in PERSONAL_KINDS or kind == "domain" else text
        if name:
            found.append((kind, name))
    return found
