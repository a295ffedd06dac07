"""Cases that wait for something: put aside until an instant, brought back by a stage."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.lifecycle import CaseMove
from cases.models import Case
from cases.services import routing, service_levels
from cases.services.holding import leave, locked_by_holder, note_claim
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST = timedelta(days=30)

_OVER = """
SELECT id FROM cases_case WHERE state = 'waiting' AND wait_until <= %(now)s
 ORDER BY wait_until LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""

_WAKE = """
UPDATE cases_case c SET state = 'queued', wait_until = NULL, wait_for = '', rerank_at = %(now)s
 WHERE c.id = ANY(%(cases)s)
RETURNING c.*
"""


class BadWait(Invalid):
    """Choose an instant within the next 30 days."""


def snooze(*, case_id: int, actor: User, until: datetime, wait_for: str = "", now: datetime) -> Case:
    """Put a held case aside until an instant. With a word for whom it waits for, its clock stands still meanwhile.

    Raises:
        BadWait: the instant is past or too far off.
        AlreadyDecided, NotHolder, LeaseEnded, Missing: the person does not hold the case.
    """
    if not now < until <= now + LONGEST:
        raise BadWait(fields=[FieldProblem("until", "invalid", "within the next 30 days")])

    def put_aside() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        leave(case, CaseMove.SNOOZED, wait_until=until, wait_for=wait_for[:32], snoozed_by=actor)
        if wait_for:
            service_levels.stop_clock(case, wait_for=wait_for[:32], now=now)
        note_claim(case, actor=actor, verb=Verb.CASE_SNOOZED, now=now, until=until.isoformat())
        return case

    return db.in_any_transaction(put_aside)


def wake_due(*, limit: int, now: datetime) -> int:
    """Bring back the cases whose wait is over, to be ranked anew; return how many."""

    def woken() -> int:
        over = [case_id for (case_id,) in db.rows(_OVER, {"now": now, "limit": limit})]
        service_levels.start_clocks(case_ids=over, now=now)
        cases = list(Case.objects.raw(_WAKE, {"cases": over, "now": now})) if over else []
        for case in cases:
            audit.record(
                actor=None,
                actor_name="system:wake",
                verb=Verb.CASE_WOKEN,
                object_type="case",
                object_ref=case.ref,
                at=now,
            )
        routing.route(case_ids=over, now=now)
        return len(cases)

    return db.in_transaction(woken)
