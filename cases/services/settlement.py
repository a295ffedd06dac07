"""What a call's result makes of an action, and of the action it reverses or is reversed by."""

from __future__ import annotations

from datetime import datetime

from django.db.models.functions import Now

from cases.enforcers import Outcome, Result
from cases.enums import ActionState
from cases.lifecycle import ActionMove, action_after
from cases.models import Action
from cases.verbs import Verb
from tscore.core import audit, db, work

FINAL = {
    ActionState.DONE: Verb.ACTION_DONE,
    ActionState.REFUSED: Verb.ACTION_REFUSED,
    ActionState.FAILED: Verb.ACTION_FAILED,
}
MOVES = {
    Result.APPLIED: ActionMove.APPLIED,
    Result.REFUSED: ActionMove.REFUSED,
    Result.FAILED: ActionMove.FAILED,
    Result.RETRY: ActionMove.RETRIED,
    Result.UNKNOWN: ActionMove.LOST,
}


def settle(*, action_id: int, fence: int, outcome: Outcome, now: datetime) -> bool:
    """Record the result of a call, if this worker still holds the action; return whether it did."""
    return db.in_transaction(lambda: _settle(action_id, fence, outcome, now))


def _settle(action_id: int, fence: int, outcome: Outcome, now: datetime) -> bool:
    action = db.lock(Action.objects.filter(pk=action_id, fence=fence)).first()
    if action is None or action.state not in (ActionState.SENDING, ActionState.UNKNOWN):
        return False
    before = action.state
    if not (before == ActionState.UNKNOWN and outcome.result == Result.UNKNOWN):
        action.state = action_after(before, MOVES[outcome.result])
    _write(action, outcome, now)
    if action.state in FINAL:
        _record(action, FINAL[ActionState(action.state)], before, now, reason=outcome.error)
        _follow_up(action, now)
    elif action.state == ActionState.UNKNOWN and before != ActionState.UNKNOWN:
        _record(action, Verb.ACTION_UNKNOWN, before, now, reason=outcome.error)
    return True


def _write(action: Action, outcome: Outcome, now: datetime) -> None:
    """Store state, answer and, where it goes on, the earliest next try by the database clock."""
    is_final = action.state in FINAL
    wait = outcome.retry_after or work.back_off(action.attempts)
    Action.objects.filter(pk=action.pk).update(
        state=action.state,
        leased_until=None,
        next_at=None if is_final else Now() + wait,
        last_error=outcome.error,
        answer=outcome.answer if outcome.answer is not None else action.answer,
        settled_at=now if is_final else None,
    )


def _follow_up(action: Action, now: datetime) -> None:
    """Tell the action this one reverses, and let the one that waits to reverse this one go or fall."""
    if action.state == ActionState.DONE and action.reverses_id is not None:
        _compensate(action.reverses_id, now)
    waiting = db.lock(Action.objects.filter(reverses=action, state=ActionState.HELD, next_at=None)).first()
    if waiting is None:
        return
    before = waiting.state
    is_done = action.state == ActionState.DONE
    waiting.state = action_after(before, ActionMove.DUE if is_done else ActionMove.CANCELLED)
    waiting.settled_at = None if is_done else now
    waiting.save(update_fields=["state", "settled_at"])
    if is_done:
        work.wake("deliver")
    else:
        _record(waiting, Verb.ACTION_CANCELLED, before, now, reason="nothing to take back")


def _compensate(original_id: int, now: datetime) -> None:
    original = db.lock(Action.objects.filter(pk=original_id)).get()
    before = original.state
    original.state = action_after(before, ActionMove.TAKEN_BACK)
    original.save(update_fields=["state"])
    _record(original, Verb.ACTION_COMPENSATED, before, now)


def _record(action: Action, verb: Verb, before: str, now: datetime, reason: str = "") -> None:
    audit.record(
        actor=None,
        actor_name="system:deliver",
        verb=verb,
        object_type="action",
        object_ref=action.public_id,
        at=now,
        before={"state": str(before)},
        after={"state": str(action.state), "kind": action.kind, "attempts": action.attempts},
        reason=reason[:300],
    )
