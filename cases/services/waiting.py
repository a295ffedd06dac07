"""Cases that wait for something: put aside until an instant, brought back by a stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cases.enums import InboxKind, WakeOn
from cases.lifecycle import CaseMove
from cases.models import Case
from cases.services import inbox, presence, routing, service_levels
from cases.services.holding import leave, locked_by_holder, note_claim
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST = timedelta(days=30)

KINDS_OF: Final[Mapping[WakeOn, tuple[str, ...]]] = {
    WakeOn.LOGIN: ("login.succeeded", "login.failed"),
    WakeOn.PAYOUT: ("payout.requested",),
    WakeOn.DISPUTE: ("dispute.opened", "dispute.updated"),
    WakeOn.PAYMENT: ("payment.authorized", "payment.captured", "payment.refused"),
    WakeOn.DETAILS: ("account.updated",),
    WakeOn.MESSAGE: ("message.sent",),
    WakeOn.LISTING: ("listing.created", "listing.updated"),
}

_OVER = """
SELECT id, '' FROM cases_case WHERE state = 'waiting' AND wait_until <= %(now)s
 ORDER BY wait_until LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""

# What arrived since, about something of the last day: one probe of the subject's own index for each case that waits so,
# and no work at all where events come in.
_HAPPENED = """
SELECT c.id, c.wake_on FROM cases_case c
 WHERE c.state = 'waiting' AND c.wake_on <> '' AND EXISTS (
   SELECT FROM signals_involvement part JOIN signals_event event ON event.id = part.event_id
    WHERE part.entity_id = c.entity_id AND part.occurred_at > c.wait_from - interval '1 day'
      AND event.received_at > c.wait_from
      AND part.kind = ANY(ARRAY(SELECT jsonb_array_elements_text(%(kinds)s::jsonb -> c.wake_on))))
 ORDER BY c.wait_from LIMIT %(limit)s FOR NO KEY UPDATE OF c SKIP LOCKED
"""

_WAKE = """
UPDATE cases_case c SET state = 'queued', wait_until = NULL, wait_for = '', wake_on = '', wait_from = NULL,
       rerank_at = %(now)s
 WHERE c.id = ANY(%(cases)s)
RETURNING c.*
"""


class BadWait(Invalid):
    """Choose an instant within the next 30 days."""


def snooze(*, case_id: int, actor: User, until: datetime, wait_for: str = "", wake_on: str = "", now: datetime) -> Case:
    """Put a held case aside until an instant. With a word for whom it waits for, its clock stands still meanwhile.

    Args:
        wake_on: one of WakeOn: such an event about the subject that arrives from now on ends the wait before its time.

    Raises:
        BadWait: the instant is past or too far off.
        AlreadyDecided, NotHolder, LeaseEnded, Missing: the person does not hold the case.
    """
    if not now < until <= now + LONGEST:
        raise BadWait(fields=[FieldProblem("until", "invalid", "within the next 30 days")])
    if wake_on and wake_on not in WakeOn.values:
        raise BadWait(fields=[FieldProblem("wake_on", "invalid", "Choose one of the events.")])

    def put_aside() -> Case:
        case = locked_by_holder(case_id=case_id, actor=actor)
        leave(
            case,
            CaseMove.SNOOZED,
            wait_until=until,
            wait_for=wait_for[:32],
            wake_on=wake_on,
            wait_from=now,
            snoozed_by=actor,
        )
        if wait_for:
            service_levels.stop_clock(case, wait_for=wait_for[:32], now=now)
        note_claim(case, actor=actor, verb=Verb.CASE_SNOOZED, now=now, until=until.isoformat(), wake_on=wake_on)
        return case

    return db.in_any_transaction(put_aside)


def _tell(case: Case, event: str, now: datetime) -> None:
    """Tell whoever put the case aside that it is back, and what brought it."""
    if case.snoozed_by_id:
        words = WakeOn(event).label if event else ""
        inbox.tell_all([case.snoozed_by_id], InboxKind.RETURNED, now=now, case=case, words=words)


def wake_due(*, limit: int, now: datetime) -> int:
    """Bring back the cases whose wait is over or that saw what they waited for, to be ranked anew; return how many."""
    kinds = json.dumps({str(word): names for word, names in KINDS_OF.items()})

    def woken() -> int:
        happened = dict(db.rows(_HAPPENED, {"kinds": kinds, "limit": limit}))
        why = dict(db.rows(_OVER, {"now": now, "limit": limit})) | happened
        over = list(why)
        service_levels.start_clocks(case_ids=over, now=now)
        cases = list(Case.objects.raw(_WAKE, {"cases": over, "now": now})) if over else []
        for case in cases:
            _tell(case, why[case.pk], now)
            audit.record(
                actor=None,
                actor_name="system:wake",
                verb=Verb.CASE_WOKEN,
                object_type="case",
                object_ref=case.ref,
                at=now,
                after={"event": why[case.pk]} if why[case.pk] else None,
            )
        routing.route(case_ids=over, now=now)
        presence.tell_free(now=now)
        return len(cases)

    return db.in_transaction(woken)
