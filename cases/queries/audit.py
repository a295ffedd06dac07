"""The audit trail as a list, and the entries of one object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from cases.verbs import Verb as CaseVerb
from signals.verbs import Verb as SignalVerb
from tscore.core import db
from tscore.core.models import AuditEvent
from tscore.core.pagination import Keyset
from tscore.core.verbs import Verb as CoreVerb

ORDER = Keyset(order=("-id",))
UNSEALED = 1000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry; `sentence` is the verb's own; `seq` is None until the entry is part of the hash chain.

    `pseudonym` is the person's word outside, empty for machines.
    """

    id: int
    at: datetime
    who: str
    pseudonym: str
    on_behalf_of: str
    verb: str
    sentence: str
    object_type: str
    object_ref: str
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    seq: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the trail, newest first; `unsealed_count` stops at 1,000."""

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
    wanted = {"object_type": object_type, "object_ref": object_ref, "verb": verb, "actor_id": actor_id}
    entries = AuditEvent.objects.filter(**{name: value for name, value in wanted.items() if value})
    found = ORDER.page(entries.select_related("actor"), cursor)
    [(unsealed,)] = db.rows(
        "SELECT count(*) FROM (SELECT FROM core_auditevent WHERE seq IS NULL LIMIT %s) taken", [UNSEALED]
    )
    return AuditPage([_row(entry) for entry in found.items], found.next_cursor, unsealed)


def entries_of(*, object_type: str, object_ref: str, limit: int) -> list[AuditRow]:
    """Return the entries of one object in their order, at most `limit` of them."""
    entries = AuditEvent.objects.filter(object_type=object_type, object_ref=object_ref).select_related("actor")
    return [_row(entry) for entry in entries.order_by("id")[:limit]]


def entries_around(seq: int) -> list[AuditRow]:
    """Return the entry at a place in the chain with its neighbours, in the order of the chain."""
    entries = AuditEvent.objects.filter(seq__range=(seq - 1, seq + 1)).select_related("actor")
    return [_row(entry) for entry in entries.order_by("seq")]


@cache
def sentences() -> dict[str, str]:
    """Return the sentence of every verb of every app."""
    return dict([*CoreVerb.choices, *SignalVerb.choices, *CaseVerb.choices])


def _row(entry: AuditEvent) -> AuditRow:
    return AuditRow(
        id=entry.pk,
        at=entry.at,
        who=entry.actor.name if entry.actor else entry.actor_name,
        pseudonym=entry.actor.pseudonym if entry.actor else "",
        on_behalf_of=entry.on_behalf_of,
        verb=entry.verb,
        sentence=sentences().get(entry.verb, entry.verb),
        object_type=entry.object_type,
        object_ref=entry.object_ref,
        reason=entry.reason,
        before=entry.before,
        after=entry.after,
        request_id=entry.request_id,
        seq=entry.seq,
        hash=bytes(entry.hash).hex() if entry.hash else "",
    )
