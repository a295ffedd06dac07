"""Which states follow which, as two tables; pure, so that every move of a case or an action is decided in one place."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from cases.enums import ActionState, CaseState
from tscore.core.errors import Conflict

State = TypeVar("State", CaseState, ActionState)
Move = TypeVar("Move", bound=StrEnum)


class IllegalTransition(Conflict):
    """This is no longer possible: somebody or something moved it on. Reload it and look again."""


class CaseMove(StrEnum):
    CLAIMED = "claimed"
    RELEASED = "released"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    ESCALATED = "escalated"
    HANDED_OVER = "handed_over"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    DECIDED = "decided"
    REOPENED = "reopened"


class ActionMove(StrEnum):
    APPROVED = "approved"
    DELAYED = "delayed"
    DUE = "due"
    LEASED = "leased"
    RETRIED = "retried"
    APPLIED = "applied"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"


CASE_AFTER: Mapping[tuple[CaseState, CaseMove], CaseState] = {
    (CaseState.QUEUED, CaseMove.CLAIMED): CaseState.REVIEWING,
    (CaseState.REVIEWING, CaseMove.RELEASED): CaseState.QUEUED,
    (CaseState.REVIEWING, CaseMove.EXPIRED): CaseState.QUEUED,
    (CaseState.REVIEWING, CaseMove.SKIPPED): CaseState.QUEUED,
    (CaseState.REVIEWING, CaseMove.ESCALATED): CaseState.QUEUED,
    (CaseState.REVIEWING, CaseMove.HANDED_OVER): CaseState.REVIEWING,
    (CaseState.REVIEWING, CaseMove.SNOOZED): CaseState.WAITING,
    (CaseState.REVIEWING, CaseMove.DECIDED): CaseState.CLOSED,
    (CaseState.WAITING, CaseMove.WOKEN): CaseState.QUEUED,
    (CaseState.WAITING, CaseMove.CLAIMED): CaseState.REVIEWING,
    (CaseState.CLOSED, CaseMove.REOPENED): CaseState.REVIEWING,
}

ACTION_AFTER: Mapping[tuple[ActionState, ActionMove], ActionState] = {
    (ActionState.PROPOSED, ActionMove.APPROVED): ActionState.APPROVED,
    (ActionState.APPROVED, ActionMove.DELAYED): ActionState.HELD,
    (ActionState.APPROVED, ActionMove.DUE): ActionState.PENDING,
    (ActionState.HELD, ActionMove.DUE): ActionState.PENDING,
    (ActionState.PENDING, ActionMove.LEASED): ActionState.SENDING,
    (ActionState.SENDING, ActionMove.RETRIED): ActionState.PENDING,
    (ActionState.SENDING, ActionMove.APPLIED): ActionState.DONE,
    (ActionState.SENDING, ActionMove.REFUSED): ActionState.REFUSED,
    (ActionState.SENDING, ActionMove.FAILED): ActionState.FAILED,
    (ActionState.SENDING, ActionMove.LOST): ActionState.UNKNOWN,
    (ActionState.UNKNOWN, ActionMove.APPLIED): ActionState.DONE,
    (ActionState.UNKNOWN, ActionMove.RETRIED): ActionState.PENDING,
    (ActionState.UNKNOWN, ActionMove.FAILED): ActionState.FAILED,
    (ActionState.DONE, ActionMove.TAKEN_BACK): ActionState.COMPENSATED,
    **{
        (state, ActionMove.CANCELLED): ActionState.CANCELLED
        for state in (ActionState.PROPOSED, ActionState.APPROVED, ActionState.HELD, ActionState.PENDING)
    },
}


def case_after(state: str, move: CaseMove) -> CaseState:
    """Return the state a case is in after a move, or raise IllegalTransition."""
    return _after(CASE_AFTER, CaseState(state), move)


def action_after(state: str, move: ActionMove) -> ActionState:
    """Return the state an action is in after a move, or raise IllegalTransition."""
    return _after(ACTION_AFTER, ActionState(state), move)


def _after(table: Mapping[tuple[State, Move], State], state: State, move: Move) -> State:
    try:
        return table[state, move]
    except KeyError:
        raise IllegalTransition(state=state.value, move=move.value) from None
