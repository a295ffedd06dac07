"""How an entity is called on screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from signals.kinds_members import PERSONAL_KINDS
from signals.models import Entity
from signals.queries import personal

TOKEN, TOKEN_TAIL, MASKED_TAIL = "tok_", 6, 4


@dataclass(frozen=True, slots=True)
class EntityName:
    """An entity as pages name it: `text` was written by strangers and may be a personal value, shown as is."""

    id: int
    kind: str
    ref: str
    text: str
    personal: bool = False
    hub: bool = False
    state: str = ""

    @property
    def masked(self) -> str:
        """The name as tables show it that need not tell whose it is: of personal values mostly the end."""
        local, at, domain = self.text.rpartition("@")
        if not self.personal or self.kind == "ip":
            return self.text
        return f"{local[:2]}…@{domain}" if at else f"••{self.text[-MASKED_TAIL:]}"


def names_of(entities: Iterable[Entity], *, opened: bool = True) -> dict[int, EntityName]:
    """Return the names of entities by id; personal values are opened in at most one statement, or left closed."""
    rows = {entity.pk: entity for entity in entities}
    tokens = [pk for pk, entity in rows.items() if opened and is_token(entity.external_id)]
    values = personal(tokens) if tokens else {}
    return {pk: name_with(entity, values.get(pk)) for pk, entity in rows.items()}


def name_of(entity: Entity) -> EntityName:
    """Return the name of one entity."""
    return names_of([entity])[entity.pk]


def is_token(text: object) -> bool:
    """Tell whether a text stands for a personal value that may be known."""
    return isinstance(text, str) and text.startswith(TOKEN)


def values_of_tokens(tokens: Iterable[str]) -> dict[str, str]:
    """Return the personal values behind tokens, as far as they are known, in at most two statements."""
    wanted = set(tokens)
    if not wanted:
        return {}
    # With the kinds, of which a token belongs to exactly one, the unique index on (kind, external_id) serves this.
    held = Entity.objects.filter(kind__in=sorted(PERSONAL_KINDS), external_id__in=wanted)
    by_id = dict(held.values_list("pk", "external_id"))
    return {by_id[pk]: value for pk, value in personal(by_id).items()}


def name_with(entity: Entity, value: str | None) -> EntityName:
    """Return the name of an entity whose personal value is known already."""
    return EntityName(
        id=entity.pk,
        kind=entity.kind,
        ref=entity.ref,
        text=value or _without_value(entity.external_id),
        personal=entity.kind in PERSONAL_KINDS and value is not None,
        hub=entity.hub,
        state=entity.state,
    )


def _without_value(external_id: str) -> str:
    """Return the id, or the end of a token whose value was erased or never known."""
    return f"…{external_id[-TOKEN_TAIL:]}" if is_token(external_id) else external_id
