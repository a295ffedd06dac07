"""The record of a decision as the right pane shows it: policy, action, label, reason, and the effects in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from cases.action_kinds import KINDS
from cases.forms import NOTE_LIMIT, OWN
from cases.messages import CARRIERS
from cases.queries.decide import (
    ActionChoice,
    DecidePanel,
    EffectLine,
    LabelChoice,
    PolicyChoice,
    PresetChoice,
    ReasonChoice,
)
from cases.queries.names import EntityName

SHOWN_TARGETS = 3
LISTS = ("policy", "label", "reason", "days", "language")
KEPT = ("preset", "record_of", *LISTS)


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect in words with the first of its targets."""

    sentence: str
    starts: str
    happens: bool
    targets: list[EntityName]
    more: int
    language: str
    notice: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """One action of the policy and whether it is part of the record."""

    kind: str
    name: str
    mode: str
    starts: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What stands in the record's fields. `of` is the preset they were drawn for, `own` or nothing."""

    of: str = ""
    title: str = ""
    policy_id: int = 0
    policy_slug: str = ""
    policy_name: str = ""
    policy_text: str = ""
    label_class: str = ""
    reason_id: int = 0
    days: int = 0
    language: str = ""
    has_end: bool = False
    has_notice: bool = False
    open: bool = False
    stays: str = ""
    actions: list[Chosen] = field(default_factory=list)
    labels: list[LabelChoice] = field(default_factory=list)
    reasons: list[ReasonChoice] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def lists_of(self) -> str:
        """Return what the lists of labels and reasons were drawn for."""
        return f"{self.policy_id}/{self.label_class}"


def preset_rows(presets: list[PresetChoice]) -> list[dict[str, Any]]:
    """Return the presets as the radio list shows them, effects in words."""
    rows = [
        {"id": str(preset.key), "key": preset.key, "name": preset.name, "effects": _in_words(preset)}
        for preset in presets
    ]
    return [*rows, {"id": OWN, "key": "o", "name": "Something else", "effects": "choose each part below"}]


def _in_words(preset: PresetChoice) -> str:
    effects = "; ".join(line.sentence for line in preset.effects) or "no effect"
    return f"{effects} · {preset.label_class}"


def record(panel: DecidePanel, entered: Mapping[str, Any] | None = None) -> Record:
    """Return the record to draw for what is entered: the chosen preset's parts, or those changed by hand.

    Its effects are in general words; `with_effects` puts in their place what this case has to show.
    """
    chosen = entered.get("preset", "") if entered else ""
    preset = next((one for one in panel.presets if str(one.key) == chosen), None)
    if preset and entered and entered.get("record_of") != chosen:
        return _drawn(panel, _parts(preset), of=chosen, title=preset.name)
    if entered and (preset or chosen == OWN):
        parts = entered_parts(entered)
        is_preset = preset is not None and parts == _parts(preset)
        title = (preset.name if is_preset else f"{preset.name}, changed") if preset else "Your own choice"
        return _drawn(panel, parts, of=chosen, title=title, is_open=not is_preset)
    return _drawn(panel, {}, of="", title="")


def with_effects(drawn: Record, effects: list[EffectLine]) -> Record:
    """Return the record with the effects as they would be now."""
    return replace(drawn, effects=[effect(line) for line in effects])


def with_standing(drawn: Record, entered: Mapping[str, Any], used: str | None) -> Record:
    """Return the record in which the list that was just used stays, unless it offers other things by now."""
    policy, _, label = entered.get("lists_of", "").partition("/")
    before = {"label": (policy,), "reason": (policy, label)}.get(used or "", ())
    now = (str(drawn.policy_id), drawn.label_class)[: len(before)]
    return replace(drawn, stays=used if used in LISTS and before == now else "")


def kept(entered: QueryDict) -> dict[str, Any]:
    """Return what a draft keeps of the form."""
    fields: dict[str, Any] = {name: entered.get(name, "")[:64] for name in KEPT}
    return fields | {"action": entered.getlist("action")[:20], "note": entered.get("note", "")[:NOTE_LIMIT]}


def _parts(preset: PresetChoice) -> dict[str, Any]:
    return {
        "policy": preset.policy_id,
        "action": list(preset.action_kinds),
        "label": preset.label_class,
        "reason": preset.reason_id,
        "days": 0,
        "language": "",
    }


def entered_parts(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record's fields as they were sent, or as a draft kept them."""
    actions = entered.getlist("action") if isinstance(entered, QueryDict) else entered.get("action", [])
    return {
        "policy": _number(entered.get("policy")),
        "action": actions,
        "label": entered.get("label", ""),
        "reason": _number(entered.get("reason")),
        "days": _number(entered.get("days")),
        "language": entered.get("language", ""),
    }


def _drawn(panel: DecidePanel, parts: Mapping[str, Any], *, of: str, title: str, is_open: bool = False) -> Record:
    policies = {policy.id: policy for policy in panel.policies}
    only = panel.policies[0] if len(panel.policies) == 1 else None
    policy = policies.get(parts.get("policy", 0)) or only
    label, kinds = parts.get("label", ""), parts.get("action", ())
    actions = policy.actions if policy else []
    return Record(
        of=of,
        title=title,
        policy_id=policy.id if policy else 0,
        policy_slug=policy.slug if policy else "",
        policy_name=policy.name if policy else "",
        policy_text=policy.text if policy else "",
        label_class=label,
        reason_id=parts.get("reason", 0),
        days=parts.get("days", 0),
        language=parts.get("language", ""),
        has_end=any(KINDS[choice.kind].has_end for choice in actions),
        has_notice=any(choice.kind in CARRIERS for choice in actions),
        open=is_open,
        actions=[_chosen(choice, kinds) for choice in actions],
        labels=policy.labels if policy else [],
        reasons=_reasons(policy, label),
        effects=[effect(choice.effect) for choice in actions if choice.kind in kinds],
    )


def _chosen(choice: ActionChoice, kinds: Any) -> Chosen:
    return Chosen(choice.kind, choice.name, choice.mode, choice.effect.starts, choice.kind in kinds)


def _reasons(policy: PolicyChoice | None, label: str) -> list[ReasonChoice]:
    """Return the reasons that fit the label; all of the policy's until a label is chosen."""
    if policy is None:
        return []
    return [reason for reason in policy.reasons if not label or label in reason.label_classes]


def effect(line: EffectLine) -> Effect:
    """Return one effect with the targets that fit on the line."""
    more = max(0, len(line.targets) - SHOWN_TARGETS)
    happens = line.sentence != KINDS[line.kind].none_found
    return Effect(line.sentence, line.starts, happens, line.targets[:SHOWN_TARGETS], more, line.language, line.notice)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
