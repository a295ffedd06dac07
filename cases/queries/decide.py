"""The right pane: what may be decided, with the effects in words."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from cases.queries.names import EntityName
from tscore.core.models import User


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What one action would do now. Without targets `sentence` says that nothing was found to act on."""

    kind: str
    mode: str  # reversible, held, once
    sentence: str
    targets: list[EntityName]
    starts: str  # "now" or "in 10 s"


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """One kind of action a policy allows, with its effect on this case."""

    kind: str
    name: str
    mode: str
    effect: EffectLine


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """One label class a policy allows."""

    label_class: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """One reason; fits only the listed label classes."""

    id: int
    name: str
    label_classes: list[str]


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """One policy with what may follow from it."""

    id: int
    slug: str
    version: int
    name: str
    text: str
    actions: list[ActionChoice]
    labels: list[LabelChoice]
    reasons: list[ReasonChoice]


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """A complete decision on one key."""

    key: int
    name: str
    policy_id: int
    policy_name: str
    action_kinds: list[str]
    label_class: str
    reason_id: int
    reason_name: str
    effects: list[EffectLine]


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision on this case, newest first; `undo_by_me` = this person may take it back now."""

    id: int
    decider_name: str
    decided_at: datetime
    policy: str
    verdict: str
    label_class: str
    reason_name: str
    is_reversal: bool
    is_reversed: bool
    undo_by_me: bool
    actions: list[tuple[str, str]]  # (sentence, state)


@dataclass(frozen=True, slots=True)
class DecidePanel:
    """Everything the right pane shows. `may_decide` = this person holds the lease now."""

    may_decide: bool
    may_claim: bool
    presets: list[PresetChoice]
    policies: list[PolicyChoice]
    past: list[PastDecision]
    draft: str | None
    colleagues: list[tuple[int, str]]  # whom the case can be handed to


def decide_panel(*, case: Case, user: User, now: datetime) -> DecidePanel:
    """Return what may be decided on a case by this person."""
    raise NotImplementedError


def effect_lines(*, case: Case, action_kinds: list[str], unticked_event_ids: list[int]) -> list[EffectLine]:
    """Return what these actions would do with these events unticked, as a preview before applying."""
    raise NotImplementedError
