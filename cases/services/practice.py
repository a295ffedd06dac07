"""Answers in practice: checked like a decision, with none of what follows from one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.models import Decision, PracticeAnswer
from cases.services import catalogue, choices
from tscore.core.models import User


def answer(
    *,
    decision: Decision,
    person: User,
    policy_id: int,
    action_kinds: Sequence[str],
    label_class: str,
    reason_id: int,
    now: datetime,
) -> PracticeAnswer:
    """Keep what a person would have decided, in place of what they said the last time.

    Raises:
        BadChoice: policy, actions, label and reason do not fit; every wrong field is named.
    """
    choice = choices.check(
        queue=catalogue.current().queues[decision.case.queue_id],
        policy_id=policy_id,
        action_kinds=action_kinds,
        label_class=label_class,
        reason_id=reason_id,
    )
    kept, _ = PracticeAnswer.objects.update_or_create(
        person=person,
        decision=decision,
        defaults={
            "policy": choice.policy,
            "action_kinds": [kind.kind for kind in choice.kinds],
            "label_class": choice.label_class,
            "reason": choice.reason,
            "answered_at": now,
        },
    )
    return kept
