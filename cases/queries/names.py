"""How an entity is called on screen."""

from collections.abc import Iterable
from dataclasses import dataclass

from signals.models import Entity

TOKEN_TAIL = 6


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


def names_of(entities: Iterable[Entity]) -> dict[int, EntityName]:
    """Return the names of entities by id; personal values are opened in one statement."""
    raise NotImplementedError
