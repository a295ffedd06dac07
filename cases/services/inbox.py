"""Telling people what waits for them, and putting it away once they have seen to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cases.enums import InboxKind
from cases.models import Case, InboxItem, Note
from tscore.core import db
from tscore.core.errors import Missing
from tscore.core.models import User


@db.transaction_required
def tell(
    person: User,
    kind: InboxKind,
    *,
    now: datetime,
    actor: User | None = None,
    case: Case | None = None,
    words: str = "",
    link: str = "",
) -> None:
    """Put something before one person, in the transaction of what happened.

    Args:
        actor: who caused it, if a person did.
        case: where it leads; else `link`, an address of this console without personal values, as in `/bulk/12/`.
        words: what to add, in our own words and counts; never a name, an id of a stranger or what somebody wrote.
    """
    tell_all([person.pk], kind, now=now, actor=actor, case=case, words=words, link=link)


@db.transaction_required
def tell_all(
    person_ids: Iterable[int],
    kind: InboxKind,
    *,
    now: datetime,
    actor: User | None = None,
    case: Case | None = None,
    note: Note | None = None,
    words: str = "",
    link: str = "",
) -> None:
    """Put the same before several people, in one statement; nobody is told twice of one note."""
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError(f"{link} is no address of this console")
    InboxItem.objects.bulk_create(
        [
            InboxItem(person_id=pk, kind=kind, actor=actor, case=case, note=note, words=words, link=link, made_at=now)
            for pk in sorted(set(person_ids))
        ],
        ignore_conflicts=True,
    )


def finish(*, item_id: int, person: User, is_done: bool = True, now: datetime) -> None:
    """Put one item away, or back; a second time changes nothing.

    Raises:
        Missing: it is not in this person's inbox.
    """
    found = InboxItem.objects.filter(pk=item_id, person=person)
    changed = found.filter(done_at__isnull=is_done).update(done_at=now if is_done else None)
    if not changed and not found.exists():
        raise Missing


def finish_all(*, until: int, person: User, now: datetime) -> int:
    """Put away everything up to and including one item, and return how many; what came later stays."""
    return InboxItem.objects.filter(person=person, pk__lte=until, done_at=None).update(done_at=now)
