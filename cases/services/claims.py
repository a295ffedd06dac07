"""Who works on which case: a lease of some minutes by the database clock, with a fence number at each hand-out."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from cases import permissions
from cases.enums import CaseState
from cases.lifecycle import CaseMove
from cases.models import Case, Queue
from cases.services import routing, service_levels, turns
from cases.services.holding import (
    AlreadyDecided,
    LeaseEnded,
    NotHolder,
    hand_out,
    leave,
    locked,
    locked_by_holder,
    note_claim,
)
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.errors import Conflict
from tscore.core.models import User

__all__ = ["AlreadyDecided", "LeaseEnded", "NotHolder", "claim", "claim_next"]

# A lease also ends when its holder may no longer sign in.
_EXPIRED = """
WITH expired AS MATERIALIZED (
  SELECT c.id, c.claimed_by_id AS holder
    FROM cases_case c JOIN core_user person ON person.id = c.claimed_by_id
   WHERE c.state = 'reviewing' AND (c.claim_until < statement_timestamp() OR NOT person.is_active)
   ORDER BY c.claim_until LIMIT %(limit)s FOR NO KEY UPDATE OF c SKIP LOCKED)
UPDATE cases_case c SET state = 'queued', claimed_by_id = NULL, claim_until = NULL
  FROM expired WHERE c.id = expired.id
RETURNING c.*, expired.holder
"""

_EXTEND = """
UPDATE cases_case SET claim_until = GREATEST(claim_until, statement_timestamp() + %(lease)s)
 WHERE id = %(case)s AND state = 'reviewing' AND claimed_by_id = %(actor)s AND fence = %(fence)s
   AND claim_until > statement_timestamp()
RETURNING claim_until
"""


class TakenAlready(Conflict):
    """Somebody else is working on this case. Take another one."""


class HeldAlready(Conflict):
    """This case was held once already; it cannot be held again. Decide, put it aside or give it back."""


def claim_next(*, queue: Queue, actor: User, now: datetime) -> Case | None:
    """Hand the next case of a queue to a person, or return None where nothing is left for them.

    * by priority, then due, then id; every fourth time the longest past twice its due time, where there is one;
    * never one that somebody else is being handed at this moment;
    * not what the person skipped in the last hours;
    * escalated cases only to leads of the queue.
    """
    permissions.require_review(actor, queue.pk)
    return db.in_one_statement(lambda: _claim_next(queue, actor, now))


def _claim_next(queue: Queue, actor: User, now: datetime) -> Case | None:
    leads = permissions.may_lead(actor, queue)
    terms = {"queue": queue.pk, "actor": actor.pk, "now": now, "leads": leads, "lease": settings.CLAIM_LEASE}
    told = audit.told_terms(actor=actor, verb=Verb.CASE_CLAIMED, at=now)
    for values in db.prepared(turns.next_sql(queue.pk), terms | told):
        return Case.from_db("default", [field.attname for field in turns.FIELDS], values)
    return None


def claim(*, case_id: int, actor: User, now: datetime) -> Case:
    """Hand one chosen case to a person; taking one's own case again only renews the lease.

    Raises:
        Missing: no such case for this person.
        TakenAlready: somebody else holds it.
        AlreadyDecided: it is closed.
        LeadsOnly: it is escalated.
    """
    return db.in_any_transaction(lambda: _claim(case_id, actor, now))


def _claim(case_id: int, actor: User, now: datetime) -> Case:
    case = locked(case_id=case_id, actor=actor)
    if case.state == CaseState.CLOSED:
        raise AlreadyDecided
    if case.escalated_at is not None:
        permissions.require_lead(actor, case.queue_id)
    if case.state == CaseState.REVIEWING and case.is_live:  # type: ignore[attr-defined]
        return _renewed(case, actor, now)
    if case.state == CaseState.REVIEWING:
        leave(case, CaseMove.EXPIRED)
    service_levels.start_clocks(case_ids=[case.pk], now=now)
    hand_out(case, CaseMove.CLAIMED, to=actor, wait_until=None, wait_for="", wake_on="", wait_from=None)
    note_claim(case, actor=actor, verb=Verb.CASE_CLAIMED, now=now)
    return case


def _renewed(case: Case, actor: User, now: datetime) -> Case:
    if case.claimed_by_id != actor.pk:
        holder = case.claimed_by.name if case.claimed_by else "Somebody else"
        raise TakenAlready(f"{holder} is working on this case. Take another one.")
    heartbeat(case_id=case.pk, actor=actor, fence=case.fence, now=now)
    case.refresh_from_db(fields=["claim_until"])
    return case


def heartbeat(*, case_id: int, actor: User, fence: int, now: datetime) -> datetime:
    """Let the lease run for its full length again; return its end by the database clock.

    Raises:
        LeaseEnded: the lease ended, or somebody else has the case.
    """
    terms = {"case": case_id, "actor": actor.pk, "fence": fence, "lease": settings.CLAIM_LEASE}
    extended: list[tuple[datetime]] = db.rows(_EXTEND, terms)
    if not extended:
        raise LeaseEnded
    return extended[0][0]


def hold(*, case_id: int, actor: User, now: datetime) -> Case:
    """Let the holder keep the case for four hours, once.

    Raises:
        HeldAlready: it was held before.
        AlreadyDecided, NotHolder, LeaseEnded, Missing: the person does not hold it.
    """

    def held() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        if case.held_once:
            raise HeldAlready
        db.rows(
            "UPDATE cases_case SET held_once = true, claim_until = statement_timestamp() + %s WHERE id = %s",
            [settings.CLAIM_HOLD, case.pk],
        )
        case.refresh_from_db(fields=["held_once", "claim_until"])
        note_claim(case, actor=actor, verb=Verb.CASE_HELD, now=now)
        return case

    return db.in_any_transaction(held)


def release_expired(*, limit: int, now: datetime) -> int:
    """Return cases to their queues whose lease has ended or whose holder is no longer active; return how many."""

    def returned() -> int:
        cases = list(Case.objects.raw(_EXPIRED, {"limit": limit}))
        for case in cases:
            note_claim(case, actor=None, verb=Verb.CASE_LEASE_EXPIRED, now=now, holder=case.holder)  # type: ignore[attr-defined]
        routing.route(case_ids=[case.pk for case in cases], now=now)
        return len(cases)

    return db.in_transaction(returned)
