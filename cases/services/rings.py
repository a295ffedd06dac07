"""Rings: found around an account when somebody asks, and every night around what is new. One open case for a group.

Every look takes the same advisory lock, so that two who find the same group at once open one case.

* On demand a group of three that holds together is enough.
* At night a case is opened where something speaks against a member, or where five or more hold together.
* A group that was decided comes back only with an account or a finding that is new since.
* An account is in one open ring at most; a ring that grows keeps its case.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from cases.models import Case
from cases.models.case import OPEN
from cases.services import catalogue, ring_facts, ring_groups, ring_reads, ring_rows
from cases.services.ring_facts import KnownRing, Standing
from cases.services.ring_groups import SMALLEST, Group, Shared
from signals.models import Entity
from tscore.core import db
from tscore.core.errors import Invalid
from tscore.core.models import User

logger = logging.getLogger(__name__)

QUIET_SIZE: Final = 5
MOST_MEMBERS: Final = 50
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('cases.rings'))"


class NotAnAccount(Invalid):
    """Rings are found around accounts. Open the page of an account."""


@dataclass(frozen=True, slots=True)
class Found:
    """A ring's case, and whether this look opened it or added to it."""

    case: Case
    is_new: bool
    fresh: Sequence[int]


def find_around(*, entity_id: int, actor: User, now: datetime) -> Found | None:
    """Find the ring around an account; open its case or add to it. None where no group holds together there.

    Raises:
        NotAnAccount: the entity is none.
    """
    if not Entity.objects.filter(pk=entity_id, kind="account").exists():
        raise NotAnAccount
    return db.in_any_transaction(lambda: _find_around(entity_id, actor, now))


def _find_around(entity_id: int, actor: User, now: datetime) -> Found | None:
    db.rows(_LOCK)
    shared = ring_reads.around([entity_id])
    ring_reads.mark_crowds(shared)
    for group in _groups(shared, [entity_id]):
        return _store(group, actor, now, smallest_quiet=SMALLEST)
    return None


@db.transaction_required
def find_near(*, entity_ids: Sequence[int], now: datetime) -> list[Found]:
    """Find the rings around many accounts, as the nightly look does; one that cannot be stored is left out."""
    db.rows(_LOCK)
    shared = ring_reads.around(entity_ids)
    ring_reads.mark_crowds(shared)
    return [found for group in _groups(shared, entity_ids) if (found := _try(group, now)) is not None]


def _groups(shared: Sequence[Shared], around: Sequence[int]) -> Iterator[Group]:
    """Yield the groups that hold one of these accounts, none larger than a case can be."""
    wanted = set(around)
    for group in ring_groups.groups(shared, keep=around):
        if wanted & set(group.accounts):
            kept = sorted(group.accounts, key=lambda account: (account not in wanted, -account))[:MOST_MEMBERS]
            yield _part(group, kept)


def _part(group: Group, accounts: Sequence[int]) -> Group:
    """Return a group with only these of its accounts, and what they share."""
    kept = set(accounts)
    shared = [Shared(one.id, one.kind, tuple(a for a in one.accounts if a in kept)) for one in group.shared]
    return Group(tuple(sorted(kept)), tuple(one for one in shared if len(one.accounts) > 1))


def _try(group: Group, now: datetime) -> Found | None:
    try:
        with transaction.atomic():
            return _store(group, None, now, smallest_quiet=QUIET_SIZE)
    except Exception:
        logger.exception("A ring of %s accounts could not be stored", len(group.accounts))
        return None


def _store(group: Group, actor: User | None, now: datetime, *, smallest_quiet: int) -> Found | None:
    known_rings = ring_facts.rings_of(group.accounts)
    home = _home(group, [ring for ring in known_rings if ring.is_open], at_least=2)
    elsewhere = {pk for ring in known_rings if ring.is_open and ring is not home for pk in ring.accounts}
    rest = _part(group, [account for account in group.accounts if account not in elsewhere])
    known = ring_facts.standings(rest.accounts, now=now)
    if home is not None:
        case = db.lock(Case.objects.filter(OPEN, pk=home.case_id)).first()
        return Found(case, False, ring_rows.grow(case, group=rest, known=known, actor=actor, now=now)) if case else None
    if len(rest.accounts) < SMALLEST:
        return None
    closed = [ring for ring in known_rings if not ring.is_open]
    before = _home(rest, closed[::-1], at_least=max(2, len(rest.accounts) // 2))
    if before is not None and not _has_news(rest, known, before):
        return Found(Case.objects.get(pk=before.case_id), False, ()) if actor else None
    return _open(rest, known, before, actor, now, smallest_quiet=smallest_quiet)


def _open(
    group: Group, known: Sequence[Standing], before: KnownRing | None, actor: User | None, now: datetime, *,
    smallest_quiet: int,
) -> Found | None:  # fmt: skip
    positions = {name: row.position for name, row in catalogue.current().abuse_types.items() if _has_queue(name)}
    abuse_type = ring_facts.abuse_type_of(known, positions)
    is_quiet = not ring_facts.flagged(known)
    nothing_left = ring_facts.settled(known, abuse_type) >= set(group.accounts)
    if nothing_left or (is_quiet and len(group.accounts) < smallest_quiet):
        return None
    entity = Entity.objects.get(pk=before.entity_id) if before else None
    case = ring_rows.open_case(group=group, known=known, abuse_type=abuse_type, entity=entity, actor=actor, now=now)
    return Found(case, True, group.accounts)


def _has_queue(abuse_type: str) -> bool:
    return catalogue.current().queue_of(abuse_type) is not None


def _home(group: Group, rings: Sequence[KnownRing], *, at_least: int) -> KnownRing | None:
    """Return the ring that holds most of a group, if it holds enough; the first of several."""
    accounts = set(group.accounts)
    best = max(rings, key=lambda ring: len(accounts & ring.accounts), default=None)
    return best if best is not None and len(accounts & best.accounts) >= at_least else None


def _has_news(group: Group, known: Sequence[Standing], before: KnownRing) -> bool:
    """Tell whether a group that was decided has an account or an open case that is new since."""
    if set(group.accounts) - before.accounts:
        return True
    return any(one.is_open and before.closed_at is not None and one.opened_at > before.closed_at for one in known)
