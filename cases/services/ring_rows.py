"""The rows of a ring: its case, its members, its rank; one open case for a group, however it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from cases.models import Case, CaseMember
from cases.services import catalogue, promises
from cases.services.ranking import RERANK_SQL, USED_SQL, floor_minor
from cases.services.ring_facts import Rank, Standing, rank_of
from cases.services.ring_groups import Group
from cases.verbs import Verb
from signals.enums import Severity
from signals.models import Entity
from signals.services import rings as ring_names
from tscore.core import audit, db
from tscore.core.models import User

SHARED_EACH: Final = 20
HEADLINE_KINDS: Final = 3
_LADDER: Final = [severity.value for severity in Severity]
_PLURALS: Final = {"address": "addresses", "ip": "IP addresses", "email": "e-mail addresses"}

_RANK: Final = f"""
WITH counted AS (
  SELECT c.id, c.queue_id, c.opened_at, c.paused, %(severity)s::text AS severity, q.due_minutes
    FROM cases_case c JOIN cases_queue q ON q.id = c.queue_id
   WHERE c.id = %(case)s AND c.state <> 'closed'),
promised AS (
  SELECT counted.*, {promises.DUE_SQL.format(case="counted")} AS new_due_at
    FROM counted
    LEFT JOIN cases_slapolicy policy ON policy.queue_id = counted.queue_id AND policy.severity = counted.severity),
stepped AS (SELECT promised.*, {USED_SQL.format(opened="opened_at", due="new_due_at")} AS used FROM promised)
UPDATE cases_case c
   SET severity = stepped.severity, probability = %(probability)s, stake_minor = %(stake)s, headline = %(headline)s,
       due_at = stepped.new_due_at, priority = %(probability)s * %(stake)s * (1 + stepped.used),
       rerank_at = {RERANK_SQL.format(used="stepped.used", opened="c.opened_at", due="stepped.new_due_at")}
  FROM stepped WHERE stepped.id = c.id
"""


@db.transaction_required
def open_case(
    *, group: Group, known: Sequence[Standing], abuse_type: str, entity: Entity | None, actor: User | None,
    now: datetime,
) -> Case:  # fmt: skip
    """Open the case of a ring that has none; `entity` is its name where it had a case before."""
    entity = entity or _name(group, now)
    queue = catalogue.current().queue_of(abuse_type)
    assert queue is not None  # abuse types without a queue are not chosen
    follows = Case.objects.filter(entity=entity, abuse_type_id=abuse_type).order_by("-pk").first()
    case = Case.objects.create(
        entity=entity, abuse_type_id=abuse_type, queue=queue, severity=Severity.INFO, stake_minor=0, probability=0,
        priority=0, due_at=now, opened_at=now, follows=follows,
    )  # fmt: skip
    _add_members(case, group, group.accounts, now)
    _rank(case, group, len(group.accounts), rank_of(known, abuse_type, floor_minor=floor_minor()), now)
    _record(case, Verb.RING_FOUND, group.accounts, actor, now)
    return case


@db.transaction_required
def grow(case: Case, *, group: Group, known: Sequence[Standing], actor: User | None, now: datetime) -> Sequence[int]:
    """Add to a locked open ring who was found since, and rank it anew; return the accounts that are new."""
    members = {member.entity_id: member for member in CaseMember.objects.filter(case=case)}
    fresh = [account for account in group.accounts if account not in members]
    _add_members(case, group, fresh, now)
    _share_more(members.values(), group)
    rank = rank_of(known, case.abuse_type_id, floor_minor=floor_minor())
    worst = max(rank.severity, case.severity, key=_LADDER.index)
    total = len(members) + len(fresh)
    _rank(case, group, total, Rank(worst, rank.probability, rank.stake_minor), now)
    if fresh:
        Case.objects.filter(pk=case.pk).update(version=case.version + 1)
        _record(case, Verb.RING_GREW, fresh, actor, now)
    return fresh


def headline(group: Group, size: int) -> str:
    """Say in a line what a ring shares, without naming anybody."""
    counts = Counter(one.kind for one in group.shared if one.kind != "ip")
    parts = [_count(number, kind) for kind, number in list(counts.items())[:HEADLINE_KINDS]]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) or "the same things"
    return f"{size} accounts share {listed}"


def _count(number: int, kind: str) -> str:
    word = _PLURALS.get(kind, f"{kind}s") if number > 1 else {"email": "e-mail address"}.get(kind, kind)
    return f"{number} {word.replace('_', ' ')}"


def _name(group: Group, now: datetime) -> Entity:
    return ring_names.name_ring(anchor=Entity.objects.get(pk=group.accounts[0]), now=now)


def _add_members(case: Case, group: Group, accounts: Collection[int], now: datetime) -> None:
    rows = [
        CaseMember(case=case, entity_id=account, shared=_shared_by(account, group), added_at=now)
        for account in accounts
    ]
    CaseMember.objects.bulk_create(rows, ignore_conflicts=True)


def _share_more(members: Collection[CaseMember], group: Group) -> None:
    """Note what known members share by now; what they no longer share stays on record."""
    changed = []
    for member in members:
        shared = list(dict.fromkeys([*_shared_by(member.entity_id, group), *member.shared]))[:SHARED_EACH]
        if shared != member.shared:
            member.shared = shared
            changed.append(member)
    CaseMember.objects.bulk_update(changed, ["shared"])


def _shared_by(account: int, group: Group) -> list[int]:
    return [one.id for one in group.shared if account in one.accounts][:SHARED_EACH]


def _rank(case: Case, group: Group, size: int, rank: Rank, now: datetime) -> None:
    terms = {
        "case": case.pk, "severity": rank.severity, "probability": rank.probability, "stake": rank.stake_minor,
        "headline": headline(group, size)[:300], "now": now,
    }  # fmt: skip
    db.rows(_RANK, terms)


def _record(case: Case, verb: Verb, accounts: Collection[int], actor: User | None, now: datetime) -> None:
    audit.record(
        actor=actor,
        actor_name="" if actor else "system:rings",
        verb=verb,
        object_type="case",
        object_ref=case.ref,
        at=now,
        after={"accounts": sorted(Entity.objects.filter(pk__in=accounts).values_list("ref", flat=True))},
    )
