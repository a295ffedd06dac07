"""Effects reach the marketplace: lease, call outside any transaction, settle by fence. Unknown is asked about first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from cases import enforcers
from cases.enforcers import Outcome, Result
from cases.enums import ActionState
from cases.models import Action
from cases.services import settlement
from cases.verbs import Verb
from tscore.core import alarms, audit, db, work
from tscore.core.crashpoints import crashpoint
from tscore.core.models import Alarm, User

MISSING, PAUSED, FAILING = "marketplace:missing", "marketplace:paused", "marketplace:failing"
LATE_ATTEMPTS = 5
RELATED = ("entity", "reverses", "decision__case", "decision__policy", "decision__actor")
LEAVING = (ActionState.PENDING, ActionState.SENDING, ActionState.UNKNOWN)


class CalledInTransaction(RuntimeError):
    """A network call inside a transaction would hold its locks for as long as somebody else likes."""


def deliver_pending(*, limit: int, now: datetime) -> int:
    """Send due actions and settle what came of it; return how many were handled.

    * held actions whose undo window is over become pending;
    * an action found in `sending` without a running lease was interrupted: it is `unknown`;
    * unknown ones are asked about by id first, and sent again under the same id only if they never came through;
    * without a marketplace address, or while the endpoint is paused, actions stay pending and an alarm says so.
    """
    db.rows(_RELEASE_HELD)
    if not _may_deliver(now):
        return 0
    actions = _lease(limit)
    if not actions:
        return 0
    crashpoint("deliver.after_claim")
    results = _call_out(actions)
    crashpoint("deliver.after_send")
    for action, outcome in results:
        settlement.settle(action_id=action.pk, fence=action.fence, outcome=outcome, now=now)
    _note_health(results, now)
    return len(actions)


# Actions are locked by id, as those are who take decisions back; what one of them holds at this moment has time.
_RELEASE_HELD = """
WITH due AS MATERIALIZED (
  SELECT id FROM cases_action WHERE state = 'held' AND next_at <= statement_timestamp()
   ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
UPDATE cases_action SET state = 'pending', next_at = NULL FROM due WHERE cases_action.id = due.id
"""

_MARK_SENDING = f"""{work.mine_sql("cases_action", only="work.state IN ('pending', 'unknown')")}
UPDATE cases_action SET state = 'sending' FROM mine WHERE cases_action.id = mine.id
RETURNING cases_action.id
"""

_MARK_INTERRUPTED = f"""{work.mine_sql("cases_action", only="work.state = 'sending'")}
UPDATE cases_action SET state = 'unknown' FROM mine WHERE cases_action.id = mine.id
"""


def _may_deliver(now: datetime) -> bool:
    if settings.MARKETPLACE_URL:
        return not Alarm.objects.filter(key=PAUSED, cleared_at=None).exists()
    if Action.objects.filter(state__in=LEAVING).exists():
        detail = "Actions are waiting: no marketplace is set. Give its address as MARKETPLACE_URL and restart."
        alarms.raise_alarm(MISSING, "high", detail, now)
    return False


def _lease(limit: int) -> list[Action]:
    """Take due actions; interrupted ones become unknown, all others stay pending until they are marked as sending."""
    due = Action.objects.filter(Q(next_at__isnull=True) | Q(next_at__lte=Now()), state__in=LEAVING)
    held = work.lease(due, limit=limit)
    interrupted = [action for action in held if action.state == ActionState.SENDING]
    if interrupted:
        db.rows(_MARK_INTERRUPTED, work.by_fence(interrupted))
    fences = {action.pk: action.fence for action in held}
    rows = Action.objects.filter(pk__in=list(fences)).select_related(*RELATED).order_by("pk")
    return [action for action in rows if action.fence == fences[action.pk]]


def _call_out(actions: Sequence[Action]) -> list[tuple[Action, Outcome]]:
    """Ask about the unknown ones, send those that never came through and all others; return what was said."""
    asked = _in_parallel(_ask, [action for action in actions if action.state == ActionState.UNKNOWN])
    answered = [(action, outcome) for action, outcome in asked if not _must_be_sent(outcome)]
    settled = {action.pk for action, _ in answered}
    return answered + _in_parallel(_send, _sending([action for action in actions if action.pk not in settled]))


def _sending(actions: Sequence[Action]) -> list[Action]:
    """Mark actions as being sent; leave out what somebody cancelled or took over meanwhile.

    For an unknown action these are two moves in one: back to pending, because it never came through, and out again.
    """
    mine = {pk for (pk,) in db.rows(_MARK_SENDING, work.by_fence(actions))} if actions else set()
    return [action for action in actions if action.pk in mine]


def _must_be_sent(outcome: Outcome) -> bool:
    """Tell whether an asked action goes out again: never arrived, or refused, which the answer to the same id tells."""
    return outcome.result in (Result.ABSENT, Result.REFUSED)


def _ask(action: Action) -> Outcome:
    return enforcers.ask(public_id=action.public_id)


def _send(action: Action) -> Outcome:
    return enforcers.send(public_id=action.public_id, body=enforcers.payload(action))


def _in_parallel(call: Callable[[Action], Outcome], actions: Sequence[Action]) -> list[tuple[Action, Outcome]]:
    """Make the calls side by side, so that a slow marketplace costs a batch one time-out and not twenty."""
    if db.in_a_transaction():
        raise CalledInTransaction
    if not actions:
        return []
    with ThreadPoolExecutor(max_workers=len(actions), thread_name_prefix="deliver") as pool:
        return list(zip(actions, pool.map(call, actions), strict=True))


def _note_health(results: Sequence[tuple[Action, Outcome]], now: datetime) -> None:
    """Raise or clear the alarm of a marketplace that does not take actions, and pause one that is gone."""
    if any(outcome.pauses for _, outcome in results):
        _pause(now)
    late = [action for action, outcome in results if _is_late(action, outcome)]
    if late:
        detail = f"The marketplace has not taken {len(late)} actions after {LATE_ATTEMPTS} tries. They are tried on."
        alarms.raise_alarm(FAILING, "high", detail, now)
    elif any(outcome.result == Result.APPLIED for _, outcome in results):
        alarms.clear(FAILING, now)


def _is_late(action: Action, outcome: Outcome) -> bool:
    return action.attempts >= LATE_ATTEMPTS and outcome.result in (Result.RETRY, Result.UNKNOWN)


def _pause(now: datetime) -> None:
    def paused() -> None:
        detail = "The marketplace says this endpoint is gone (410). Nothing is sent until somebody resumes it."
        alarms.raise_alarm(PAUSED, "critical", detail, now)
        audit.record(
            actor=None,
            actor_name="system:deliver",
            verb=Verb.ENDPOINT_PAUSED,
            object_type="endpoint",
            object_ref="marketplace",
            at=now,
        )

    db.in_transaction(paused)


def resume(*, actor: User, now: datetime) -> bool:
    """Send to a paused marketplace again; return whether it was paused."""

    def resumed() -> bool:
        was_paused = alarms.clear(PAUSED, now)
        if was_paused:
            audit.record(
                actor=actor,
                verb=Verb.ENDPOINT_RESUMED,
                object_type="endpoint",
                object_ref="marketplace",
                at=now,
            )
            work.wake("deliver")
        return was_paused

    return db.in_transaction(resumed)
