"""Deciding a ring, member by member or together; each member by a decision on its own case, all in one transaction.

* An account's own open case of the abuse type is taken and closed; where there is none, one is opened for the decision.
  So every member has its label, its actions and its audit rows once, and nothing is decided twice.
* What somebody else is deciding at this moment is left alone: the whole command is refused.
* With the last undecided member the ring's own case is closed, by a decision without actions.
* Members decided by one command are taken back together (see `reversals`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cases import permissions
from cases.models import Case, CaseMember, Decision
from cases.models.case import OPEN
from cases.services import catalogue, claims, decisions, holding, notes, ring_members
from cases.services.choices import BadChoice
from cases.services.decision_rows import Order
from cases.services.decisions import CaseChanged
from cases.services.ring_members import Member
from signals.enums import Severity, Verdict
from signals.models import Entity
from tscore.core import db, ids
from tscore.core.errors import Conflict, FieldProblem
from tscore.core.models import User

_FOLLOWED: Final = """
SELECT DISTINCT ON (c.entity_id) c.entity_id, c.id FROM cases_case c
 WHERE c.entity_id = ANY(%(accounts)s::bigint[]) AND c.abuse_type_id = %(abuse_type)s AND c.state = 'closed'
 ORDER BY c.entity_id, c.opened_at DESC, c.id DESC
"""


class MemberHeld(Conflict):
    """Somebody else is deciding an account of this ring. Leave it out, or wait until it is decided."""


class MemberElsewhere(Conflict):
    """The case of an account of this ring waits in a queue you may not open. Leave it out."""


class MemberDecided(Conflict):
    """An account of this ring was decided meanwhile. Look at it and decide the rest."""


@dataclass(frozen=True, slots=True)
class SeenMember:
    """An account that shall be decided, and the version of its own case that was seen; 0 where there was none."""

    entity_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a command did: `lead` is the decision to take back for all of it."""

    lead: Decision
    queue_id: int
    is_closed: bool
    count: int


def decide(
    *,
    case_id: int,
    actor: User,
    seen_version: int,
    fence: int,
    seen_members: Sequence[SeenMember],
    policy_id: int,
    action_kinds: Sequence[str],
    label_class: str,
    reason_id: int,
    note: str = "",
    days: int = 0,
    language: str = "",
    now: datetime,
) -> Decided:
    """Decide these members of a ring alike; with the last of them the ring is closed.

    Raises:
        Missing, AlreadyDecided, NotHolder, LeaseEnded: the person does not hold the ring's case by this fence number.
        CaseChanged: the ring or a member's own case is not as it was seen.
        MemberHeld, MemberElsewhere, MemberDecided, LeadsOnly: a member cannot be decided now.
        BadChoice: the parts do not fit one another, or somebody is no member.
    """
    order = Order(
        case_id, actor, seen_version, fence, policy_id, action_kinds, label_class, reason_id, (), note, now, days,
        language,
    )  # fmt: skip
    return db.in_any_transaction(lambda: _decide(order, seen_members))


def _decide(order: Order, seen: Sequence[SeenMember]) -> Decided:
    ring = _locked_ring(order)
    members = ring_members.of(ring.pk)
    chosen = _chosen(members, seen)
    command, made = ids.new_id("rc"), _decide_each(ring, chosen, order)
    CaseMember.objects.bulk_update(
        [CaseMember(pk=member.id, decision=decision, command=command) for member, decision in made],
        ["decision", "command"],
    )
    if {member.id for member in ring_members.undecided(members)} - {member.id for member in chosen}:
        _stay_open(ring, order)
        return Decided(made[0][1], ring.queue_id, False, len(made))
    closing = decisions.conclude(_closing_order(order, [*members], made))
    CaseMember.objects.filter(pk__in=[member.id for member in chosen]).update(closing=closing)
    return Decided(closing, ring.queue_id, True, len(made))


def _stay_open(ring: Case, order: Order) -> None:
    Case.objects.filter(pk=ring.pk).update(version=ring.version + 1)
    if order.note.strip():
        notes.write(case=ring, author=order.actor, text=order.note, now=order.now)


def _locked_ring(order: Order) -> Case:
    ring = holding.locked_by_holder(case_id=order.case_id, actor=order.actor)
    if ring.fence != order.fence:
        raise holding.LeaseEnded
    if ring.version != order.seen_version:
        raise CaseChanged(seen=order.seen_version, current=ring.version)
    return ring


def _chosen(members: Sequence[Member], seen: Sequence[SeenMember]) -> list[Member]:
    """Return the members that were chosen, in the order in which cases are locked."""
    by_id, versions = {member.entity_id: member for member in members}, {one.entity_id: one.version for one in seen}
    left = ring_members.undecided(members)
    if not versions and left:
        raise BadChoice(fields=[FieldProblem("members", "missing", "Tick the accounts that this decides.")])
    if versions.keys() - by_id.keys():
        raise BadChoice(fields=[FieldProblem("members", "invalid", "Not an account of this ring.")])
    chosen = [by_id[entity_id] for entity_id in sorted(versions)]
    if any(member.is_decided for member in chosen):
        raise MemberDecided
    if any(member.version != versions[member.entity_id] for member in chosen):
        raise CaseChanged
    return chosen


def _decide_each(ring: Case, chosen: Sequence[Member], order: Order) -> list[tuple[Member, Decision]]:
    cases = _own_cases(ring, chosen, order)
    return [(member, _decide_one(cases[member.entity_id], order)) for member in chosen]


def _decide_one(case: Case, order: Order) -> Decision:
    held = claims.claim(case_id=case.pk, actor=order.actor, now=order.now)
    return decisions.decide(
        case_id=held.pk,
        actor=order.actor,
        seen_version=held.version,
        fence=held.fence,
        policy_id=order.policy_id,
        action_kinds=order.action_kinds,
        label_class=order.label_class,
        reason_id=order.reason_id,
        days=order.days,
        language=order.language,
        now=order.now,
    )


def _own_cases(ring: Case, chosen: Sequence[Member], order: Order) -> dict[int, Case]:
    """Lock each member's own open case, in one order; open those that are missing."""
    versions = {member.entity_id: member.version for member in chosen}
    found = _open_cases(ring, versions)
    missing = [member for member in chosen if member.entity_id not in found]
    if missing:
        _open_missing(ring, missing, order.now)
        found = _open_cases(ring, versions)
    for entity_id, case in found.items():
        if case.version != max(1, versions[entity_id]):
            raise CaseChanged
        if not permissions.may_review(order.actor, case.queue_id):
            raise MemberElsewhere
        if case.claimed_by_id not in (None, order.actor.pk) and case.is_live:  # type: ignore[attr-defined]
            raise MemberHeld(f"{case.claimed_by} is deciding {case.ref} of this ring now. Leave it out, or wait.")
    return found


def _open_cases(ring: Case, versions: dict[int, int]) -> dict[int, Case]:
    rows = Case.objects.filter(OPEN, entity_id__in=list(versions), abuse_type_id=ring.abuse_type_id)
    locked = db.lock(rows.annotate(is_live=holding.IS_LIVE)).select_related("claimed_by").order_by("entity_id")
    return {case.entity_id: case for case in locked}


def _open_missing(ring: Case, missing: Sequence[Member], now: datetime) -> None:
    """Open cases for the decision; whoever opened or closed one at this very moment has the better right."""
    accounts = [member.entity_id for member in missing]
    terms = {"accounts": db.array(accounts), "abuse_type": ring.abuse_type_id}
    followed = dict(db.rows(_FOLLOWED, terms))
    if any(member.has_open_case or followed.get(member.entity_id) != member.case_id for member in missing):
        raise MemberDecided
    Case.objects.bulk_create(
        [
            Case(
                entity_id=account, abuse_type_id=ring.abuse_type_id, queue_id=ring.queue_id, lane=ring.lane,
                severity=Severity.INFO, stake_minor=0, probability=0, priority=0, due_at=ring.due_at, opened_at=now,
                follows_id=followed.get(account), headline=f"Decided with the ring {ring.ref}",
            )
            for account in accounts
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _closing_order(order: Order, members: Sequence[Member], made: Sequence[tuple[Member, Decision]]) -> Order:
    """Return the order that closes the ring: of this command, unless it clears and something speaks against others."""
    plain = replace(order, action_kinds=(), members=_seen(members, made))
    if any(decision.verdict == Verdict.BAD for _, decision in made):
        return plain
    known = catalogue.current().policies
    for one in members:
        policy = known.get(one.policy_id or 0)
        if one.verdict == Verdict.BAD and one.reason_id and policy is not None and policy.in_force:
            return replace(plain, policy_id=policy.pk, label_class=one.label_class, reason_id=one.reason_id)
    return plain


def _seen(members: Sequence[Member], made: Sequence[tuple[Member, Decision]]) -> list[dict[str, object]]:
    """Return what was seen of the members, by reference, for the snapshot."""
    now_made = {member.entity_id: decision.pk for member, decision in made}
    wanted = {pk for member in members for pk in (member.entity_id, *member.shared)}
    refs = {pk: {"kind": kind, "ref": ref} for pk, kind, ref in _refs(wanted)}
    return [
        {
            **refs[member.entity_id],
            "decision": now_made.get(member.entity_id, member.decision_id),
            "shared": [refs[pk] for pk in member.shared if pk in refs],
        }
        for member in members
    ]


def _refs(entity_ids: set[int]) -> list[tuple[int, str, str]]:
    return list(Entity.objects.filter(pk__in=entity_ids).values_list("pk", "kind", "ref"))
