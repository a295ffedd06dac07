"""Who looks at a case now, and who wants to be told when nobody holds it any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cases.enums import InboxKind
from cases.models import Case, InboxItem, Presence
from cases.services.holding import locked
from tscore.core import db
from tscore.core.models import User

EVERY_S: Final = 4  # how often an open page says that it is looked at
FADES: Final = timedelta(seconds=10)
MOST: Final = 10

# One statement: say that I am here, forget where I was, see who else is. A forgotten tab says nothing and fades.
_LOOK = """
WITH here AS (
  INSERT INTO cases_presence (case_id, actor_id, seen_at) VALUES (%(case)s, %(actor)s, statement_timestamp())
  ON CONFLICT (case_id, actor_id) DO UPDATE SET seen_at = excluded.seen_at),
gone AS (
  DELETE FROM cases_presence
   WHERE actor_id = %(actor)s AND case_id <> %(case)s AND NOT wants_free
     AND seen_at < statement_timestamp() - interval '1 minute')
SELECT person.id, person.name
  FROM cases_presence other JOIN core_user person ON person.id = other.actor_id
 WHERE other.case_id = %(case)s AND other.actor_id <> %(actor)s AND person.is_active
   AND other.seen_at > statement_timestamp() - %(fades)s
 ORDER BY person.name, person.id LIMIT %(most)s
"""

_FREE = """
UPDATE cases_presence wish SET wants_free = false
  FROM cases_case c
 WHERE wish.wants_free AND c.id = wish.case_id
   AND (c.state <> 'reviewing' OR c.claim_until < statement_timestamp())
RETURNING wish.case_id, wish.actor_id, c.state = 'closed'
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody else who has the case open."""

    person_id: int
    name: str


def look(*, case_id: int, actor: User) -> list[Viewer]:
    """Note that a person looks at a case now; return who else did within ten seconds, by name, at most ten."""
    terms = {"case": case_id, "actor": actor.pk, "fades": FADES, "most": MOST}
    return [Viewer(person_id, name) for person_id, name in db.rows(_LOOK, terms)]


def wish_free(*, case_id: int, actor: User, now: datetime) -> None:
    """Have a person told, once, when nobody holds the case any more.

    Raises:
        Missing: no such case for this person.
    """

    def wished() -> None:
        case = locked(case_id=case_id, actor=actor)
        Presence.objects.update_or_create(
            case=case, actor=actor, defaults={"wants_free": True}, create_defaults={"wants_free": True, "seen_at": now}
        )

    db.in_any_transaction(wished)


def wants_free(*, case_id: int, actor: User) -> bool:
    """Tell whether this person is still waiting to be told."""
    return Presence.objects.filter(case_id=case_id, actor=actor, wants_free=True).exists()


@db.transaction_required
def tell_free(*, now: datetime) -> int:
    """Put the cases that are free, or decided meanwhile, before whoever wanted to know; return to how many people."""
    told = [
        InboxItem(
            person_id=person_id,
            kind=InboxKind.FREE,
            case=Case(pk=case_id),
            words="decided meanwhile" if is_closed else "nobody holds it now",
            made_at=now,
        )
        for case_id, person_id, is_closed in db.rows(_FREE)
    ]
    InboxItem.objects.bulk_create(told)
    return len(told)
