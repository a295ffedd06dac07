"""What a reviewer chose, checked against the catalogue: policy, actions, label and reason must fit one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cases import messages
from cases.action_kinds import KINDS, ActionKind
from cases.enums import ActionMode
from cases.models import Policy, Queue, Reason
from cases.services import catalogue
from signals.enums import CLASS_VERDICT
from tscore.core.errors import FieldProblem, Invalid


class BadChoice(Invalid):
    """These choices do not fit together. Look at the marked fields."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that may be made."""

    policy: Policy
    reason: Reason
    kinds: tuple[ActionKind, ...]
    label_class: str
    verdict: str


# How long an action that has an end lasts, in days; 0: until it is taken back.
DURATIONS: Final[Mapping[int, str]] = {0: "until taken back", 1: "for 1 day", 7: "for 7 days", 30: "for 30 days"}


def check(
    *,
    queue: Queue,
    policy_id: int,
    action_kinds: Sequence[str],
    label_class: str,
    reason_id: int,
    days: int = 0,
    language: str = "",
) -> Choice:
    """Return the choice with its rows, or raise BadChoice naming every field that does not fit."""
    known = catalogue.current()
    policy, reason = known.policies.get(policy_id), known.reasons.get(reason_id)
    if policy is None or not policy.in_force or policy.abuse_type_id != queue.abuse_type_id:
        raise BadChoice(fields=[FieldProblem("policy_id", "invalid", "Choose a policy of this queue.")])
    problems = [
        *_action_problems(policy, action_kinds),
        *_label_problems(policy, label_class),
        *_reason_problems(policy, reason, label_class),
        *_wording_problems(days, language),
    ]
    if problems or reason is None:
        raise BadChoice(fields=problems)
    kinds = tuple(KINDS[kind] for kind in policy.action_kinds if kind in action_kinds)
    return Choice(policy, reason, kinds, label_class, CLASS_VERDICT[label_class])


def _action_problems(policy: Policy, action_kinds: Sequence[str]) -> list[FieldProblem]:
    strange = sorted(kind for kind in set(action_kinds) if kind not in policy.action_kinds or kind not in KINDS)
    if strange:
        return [FieldProblem("action_kinds", "invalid", f"{policy.name} does not allow {', '.join(strange)[:80]}.")]
    kinds = [KINDS[kind] for kind in dict.fromkeys(action_kinds)]
    if any(kind.mode == ActionMode.IRREVERSIBLE for kind in kinds):
        return [FieldProblem("action_kinds", "needs_approval", "This needs a second person.")]
    inverses = [kind.inverse for kind in kinds if kind.inverse]
    if len(inverses) != len(set(inverses)):
        return [FieldProblem("action_kinds", "invalid", "Choose one of the actions that are taken back together.")]
    return []


def _label_problems(policy: Policy, label_class: str) -> list[FieldProblem]:
    if label_class in policy.label_classes:
        return []
    return [FieldProblem("label_class", "invalid", f"Choose a label of {policy.name}.")]


def _reason_problems(policy: Policy, reason: Reason | None, label_class: str) -> list[FieldProblem]:
    if reason is None or reason.policy_id != policy.pk:
        return [FieldProblem("reason_id", "invalid", f"Choose a reason of {policy.name}.")]
    if label_class not in reason.label_classes:
        return [FieldProblem("reason_id", "invalid", "This reason does not fit the label.")]
    return []


def _wording_problems(days: int, language: str) -> list[FieldProblem]:
    problems = []
    if days not in DURATIONS:
        problems.append(FieldProblem("days", "invalid", "Choose one of the durations."))
    if language and language not in messages.LANGUAGES:
        problems.append(FieldProblem("language", "invalid", "Choose one of the languages."))
    return problems
