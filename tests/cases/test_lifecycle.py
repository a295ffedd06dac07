"""The tables of states, as section 6 of the interfaces draws them."""

import pytest

from cases.enums import ActionState, CaseState
from cases.lifecycle import (
    ACTION_AFTER,
    CASE_AFTER,
    ActionMove,
    CaseMove,
    IllegalTransition,
    action_after,
    case_after,
)

MAIN_ROAD = [
    (ActionState.PROPOSED, ActionMove.APPROVED, ActionState.APPROVED),
    (ActionState.APPROVED, ActionMove.DELAYED, ActionState.HELD),
    (ActionState.HELD, ActionMove.DUE, ActionState.PENDING),
    (ActionState.PENDING, ActionMove.LEASED, ActionState.SENDING),
    (ActionState.SENDING, ActionMove.LOST, ActionState.UNKNOWN),
    (ActionState.UNKNOWN, ActionMove.APPLIED, ActionState.DONE),
    (ActionState.DONE, ActionMove.TAKEN_BACK, ActionState.COMPENSATED),
]


@pytest.mark.parametrize(("state", "move", "expected"), MAIN_ROAD)
def test_action_after_follows_the_main_road(state, move, expected):
    assert action_after(state, move) == expected


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (ActionState.DONE, ActionMove.LEASED),
        (ActionState.DONE, ActionMove.CANCELLED),
        (ActionState.SENDING, ActionMove.CANCELLED),
        (ActionState.UNKNOWN, ActionMove.CANCELLED),
        (ActionState.COMPENSATED, ActionMove.TAKEN_BACK),
        (ActionState.FAILED, ActionMove.RETRIED),
    ],
)
def test_action_after_refuses_what_would_double_or_lose_an_effect(state, move):
    with pytest.raises(IllegalTransition):
        action_after(state, move)


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (CaseState.CLOSED, CaseMove.CLAIMED),
        (CaseState.CLOSED, CaseMove.DECIDED),
        (CaseState.QUEUED, CaseMove.DECIDED),
        (CaseState.QUEUED, CaseMove.RELEASED),
        (CaseState.REVIEWING, CaseMove.CLAIMED),
    ],
)
def test_case_after_refuses_a_decision_without_a_claim(state, move):
    with pytest.raises(IllegalTransition):
        case_after(state, move)


def test_final_states_of_actions_have_no_way_out():
    leaving = {state for state, _ in ACTION_AFTER}

    assert set(ActionState) - leaving == {
        ActionState.REFUSED,
        ActionState.FAILED,
        ActionState.CANCELLED,
        ActionState.COMPENSATED,
    }


def test_every_case_state_but_approval_can_be_reached():
    assert set(CaseState) - set(CASE_AFTER.values()) == {CaseState.APPROVAL}
