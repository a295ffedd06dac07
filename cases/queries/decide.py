"""The right pane: what may be decided, with the effects in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from cases import messages, permissions
from cases.action_kinds import KINDS
from cases.enums import ActionMode, CaseState
from cases.models import Case, Policy, Preset
from cases.queries.case_header import lease
from cases.queries.names import EntityName, names_of
from cases.queries.past import PastDecision, past_decisions
from cases.services import catalogue, choices, drafts, evidence, targets
from cases.services.evidence import Part
from signals.enums import CLASS_VERDICT
from signals.models import Entity
from signals.services.rings import RING
from tscore.core.models import User

__all__ = [
    "ActionChoice",
    "DecidePanel",
    "EffectLine",
    "LabelChoice",
    "PastDecision",
    "PolicyChoice",
    "PresetChoice",
    "ReasonChoice",
    "decide_panel",
    "effect_lines",
]


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What one action would do now. Without targets `sentence` says that nothing was found to act on."""

    kind: str
    mode: str  # reversible, held, once
    sentence: str
    targets: list[EntityName]
    starts: str  # "now" or "in 10 s"
    language: str = ""  # of the message that it carries
    notice: str = ""  # the message, word for word


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
class DecidePanel:
    """Everything the right pane shows. `may_decide` = this person holds the lease now."""

    may_decide: bool
    may_claim: bool
    presets: list[PresetChoice]
    policies: list[PolicyChoice]
    past: list[PastDecision]
    draft: dict[str, Any] | None
    colleagues: list[tuple[int, str]]  # whom the case can be handed to


def decide_panel(*, case: Case, user: User, now: datetime) -> DecidePanel:
    """Return what may be decided on a case by this person."""
    known = catalogue.current()
    policies = known.policies_of(case.abuse_type_id)
    effects = _effects(case, {kind for policy in policies for kind in policy.action_kinds}, ())
    held = lease(case, user=user)
    is_open = case.state != CaseState.CLOSED
    leads = permissions.may_lead(user, case.queue_id)
    return DecidePanel(
        may_decide=held.state == "mine",
        may_claim=is_open and held.state == "free" and (case.escalated_at is None or leads),
        presets=[preset_choice(preset, effects) for preset in known.presets_of(case.queue_id)],
        policies=[policy_choice(policy, effects) for policy in policies],
        past=past_decisions(case=case, user=user),
        draft=drafts.find(case_id=case.pk, actor=user) if is_open else None,
        colleagues=[found for found in permissions.reviewers_of(case.queue_id) if found[0] != user.pk]
        if is_open
        else [],
    )


def effect_lines(
    *,
    case: Case,
    action_kinds: list[str],
    unticked_event_ids: list[int],
    policy: str = "",
    days: int = 0,
    language: str = "",
) -> list[EffectLine]:
    """Return what these actions would do with these events unticked, as a preview before applying.

    Args:
        policy: slug of the policy whose words the message takes.
        days: how long what has an end lasts; 0: until it is taken back.
        language: of the message; empty: the person's, where it is known.
    """
    kinds = [kind for kind in action_kinds if kind in KINDS]
    proof = evidence.of(case_id=case.pk)
    effects = _effects(case, kinds, unticked_event_ids, proof)
    worded = partial(_worded, kinds=kinds, policy=policy, days=days, language=language, country=proof.country)
    return [worded(effects[kind]) for kind in kinds]


def _worded(
    line: EffectLine, *, kinds: Sequence[str], policy: str, days: int, language: str, country: str
) -> EffectLine:
    """Add to an effect how long it lasts, or the message that goes out with it."""
    if line.sentence == KINDS[line.kind].none_found:
        return line
    if KINDS[line.kind].has_end and days in choices.DURATIONS:
        return replace(line, sentence=f"{line.sentence} {choices.DURATIONS[days]}")
    if line.kind not in messages.CARRIERS:
        return line
    chosen = language if language in messages.LANGUAGES else messages.language_of(carrier=line.kind, country=country)
    notice = messages.text(policy=policy, carrier=line.kind, kinds=kinds, language=chosen)
    return replace(line, language=messages.LANGUAGES[chosen], notice=notice)


def _effects(
    case: Case, kinds: Iterable[str], unticked: Sequence[int], proof: evidence.Evidence | None = None
) -> dict[str, EffectLine]:
    if case.entity.kind == RING:  # each ticked account has targets of its own
        return general_effects(kinds)
    wanted = [kind for kind in KINDS if kind in set(kinds)]
    roles = catalogue.current().queues[case.queue_id].subject_roles
    proof = proof or evidence.of(case_id=case.pk)
    found = targets.find(evidence=proof, kinds=wanted, unticked=unticked, roles=roles)
    names = _names(found)
    return {kind: _effect(kind, [names[target.id] for target in found[kind]]) for kind in wanted}


def general_effects(kinds: Iterable[str]) -> dict[str, EffectLine]:
    """Return what actions do in general words, without looking for what they would reach."""
    return {kind: _line(kind, KINDS[kind].sentence, []) for kind in KINDS if kind in set(kinds)}


def _names(found: Mapping[str, Sequence[Part]]) -> dict[int, EntityName]:
    entity_ids = {target.id for parts in found.values() for target in parts}
    return names_of(Entity.objects.filter(pk__in=entity_ids)) if entity_ids else {}


def _effect(kind: str, named: list[EntityName]) -> EffectLine:
    many = f" ({len(named)} of them)" if len(named) > 1 else ""
    return _line(kind, f"{KINDS[kind].sentence}{many}" if named else KINDS[kind].none_found, named)


def _line(kind: str, sentence: str, named: list[EntityName]) -> EffectLine:
    is_held = KINDS[kind].mode == ActionMode.HELD
    return EffectLine(
        kind=kind,
        mode=KINDS[kind].mode,
        sentence=sentence,
        targets=named,
        starts=f"in {settings.HOLD_EFFECTS.total_seconds():.0f} s" if is_held else "now",
    )


def policy_choice(policy: Policy, effects: Mapping[str, EffectLine]) -> PolicyChoice:
    """Return a policy with what may follow from it on a case."""
    return PolicyChoice(
        id=policy.pk,
        slug=policy.slug,
        version=policy.version,
        name=policy.name,
        text=policy.text,
        actions=[
            ActionChoice(kind, KINDS[kind].name, KINDS[kind].mode, effects[kind])
            for kind in policy.action_kinds
            if kind in effects
        ],
        labels=[LabelChoice(label, CLASS_VERDICT[label]) for label in policy.label_classes],
        reasons=[
            ReasonChoice(reason.pk, reason.name, reason.label_classes)
            for reason in catalogue.current().reasons_of(policy.pk)
        ],
    )


def preset_choice(preset: Preset, effects: Mapping[str, EffectLine]) -> PresetChoice:
    """Return a preset with its effects on a case."""
    known = catalogue.current()
    return PresetChoice(
        key=preset.position,
        name=preset.name,
        policy_id=preset.policy_id,
        policy_name=known.policies[preset.policy_id].name,
        action_kinds=preset.action_kinds,
        label_class=preset.label_class,
        reason_id=preset.reason_id,
        reason_name=known.reasons[preset.reason_id].name,
        effects=[effects[kind] for kind in preset.action_kinds if kind in effects],
    )
