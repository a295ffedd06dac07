"""The audit trail as a list, and the entries of one object."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry; `sentence` is the verb's own, `sealed` = already part of the hash chain."""

    id: int
    at: datetime
    who: str
    on_behalf_of: str
    verb: str
    sentence: str
    object_type: str
    object_ref: str
    reason: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    request_id: str
    seq: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the trail, newest first."""

    rows: list[AuditRow]
    next_cursor: str | None
    unsealed_count: int


def audit_page(
    *,
    object_type: str = "",
    object_ref: str = "",
    verb: str = "",
    actor_id: int | None = None,
    cursor: str | None = None,
) -> AuditPage:
    """Return entries of the trail, filtered by what is given."""
    raise NotImplementedError
