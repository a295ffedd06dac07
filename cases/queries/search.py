"""The look-up box: any id, e-mail, phone, ip, card or case."""

from dataclasses import dataclass

from cases.queries.names import EntityName
from cases.queries.who import OtherCase
from tscore.core.models import User


@dataclass(frozen=True, slots=True)
class Found:
    """What a text led to; `understood` says how it was read."""

    understood: str
    cases: list[OtherCase]
    entities: list[EntityName]


def look_up(*, user: User, text: str) -> Found:
    """Return the cases and entities a text names, exactly."""
    raise NotImplementedError
