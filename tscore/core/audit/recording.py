"""The one way a row enters the audit trail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tscore.core import origin
from tscore.core.db import prepared, transaction_required

if TYPE_CHECKING:
    from tscore.core.models import User
    from tscore.core.origin import Origin

_TYPES: Final = {
    "at": "timestamptz", "actor_id": "bigint", "actor_name": "text", "on_behalf_of": "text", "verb": "text",
    "object_type": "text", "object_ref": "text", "before": "jsonb", "after": "jsonb", "reason": "text",
    "request_id": "text", "ip": "inet",
}  # fmt: skip

# Said thousands of times an hour: the ORM would build it anew each time, in longer than the database takes.
_WRITE_SQL: Final = f"""
INSERT INTO core_auditevent ({", ".join(_TYPES)}) SELECT {", ".join(_TYPES)}
FROM jsonb_to_recordset(%s::jsonb) AS r (place int, {", ".join(f"{name} {kind}" for name, kind in _TYPES.items())})
ORDER BY place"""


# The same as a part of the statement that makes the change: one entry a row of `changed`, said by `terms`.
_TOLD_SQL: Final = """
INSERT INTO core_auditevent (at, actor_id, actor_name, on_behalf_of, verb, object_type, object_ref, after, reason,
                             request_id, ip)
SELECT %(told_at)s, %(told_actor)s, '', '', %(told_verb)s, {object_type}, {object_ref}, {after}, '',
       %(told_request)s, %(told_ip)s::inet
  FROM {changed}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who did what to which object.

    `before` and `after` hold ids, references and tokens, never personal values. Without a person, `actor_name` says
    which machine acted: `system:<stage>` or `key:<prefix>`.
    """

    actor: User | None
    verb: str
    object_type: str
    object_ref: str
    at: datetime
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""
    actor_name: str = ""
    on_behalf_of: str = ""


def told_sql(changed: str, *, object_type: str, object_ref: str, after: str) -> str:
    """Return the part of a statement that writes an entry for each row it changed; its values are `told_terms`.

    For the hottest changes of one person, which are then stored with their entry in a single step.

    Args:
        changed: the rows as a table of the same statement; `object_ref` and `after` are expressions over it.
        object_type: a word, not a value of anybody's.
    """
    return _TOLD_SQL.format(changed=changed, object_type=f"'{object_type}'", object_ref=object_ref, after=after)


def told_terms(*, actor: User, verb: str, at: datetime) -> dict[str, Any]:
    """Return what such a part of a statement is told with."""
    here = origin.current()
    return {
        "told_at": at, "told_actor": actor.pk, "told_verb": str(verb), "told_request": here.request_id,
        "told_ip": here.ip,
    }  # fmt: skip


@transaction_required
def record(
    *,
    actor: User | None,
    verb: str,
    object_type: str,
    object_ref: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    actor_name: str = "",
    on_behalf_of: str = "",
) -> None:
    """Write who did what to which object, together with the change itself; see `Entry` for what may stand where."""
    entry = Entry(
        actor=actor, verb=verb, object_type=object_type, object_ref=object_ref, at=at, before=before, after=after,
        reason=reason, actor_name=actor_name, on_behalf_of=on_behalf_of,
    )  # fmt: skip
    record_many([entry])


@transaction_required
def record_many(entries: Sequence[Entry]) -> None:
    """Write several entries in their order, in one statement."""
    if entries:
        here = origin.current()
        prepared(_WRITE_SQL, [json.dumps([_row(place, entry, here) for place, entry in enumerate(entries)])])


def _row(place: int, entry: Entry, here: Origin) -> dict[str, Any]:
    """Return what is known of an entry; what is not is left out, so that nothing is never taken for JSON's null."""
    row = {
        "place": place,
        "at": entry.at.isoformat(),
        "actor_id": entry.actor.pk if entry.actor else None,
        "actor_name": entry.actor_name,
        "on_behalf_of": entry.on_behalf_of,
        "verb": str(entry.verb),
        "object_type": entry.object_type,
        "object_ref": str(entry.object_ref),
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "request_id": here.request_id,
        "ip": here.ip,
    }
    return {name: value for name, value in row.items() if value is not None}
