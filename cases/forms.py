"""What the forms of judgement send, read and checked before any service is called."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.enums import WaitFor, WakeOn
from cases.messages import LANGUAGES
from cases.models import Preset, Queue
from cases.services import catalogue
from cases.services.choices import DURATIONS
from signals.enums import CLASS_VERDICT, Severity

OWN = "own"
NOTE_LIMIT = 5000


class HolderForm(forms.Form):
    """Who the case goes to, and what they should know."""

    to = forms.IntegerField(min_value=1)
    note = forms.CharField(required=False, max_length=NOTE_LIMIT)


class OpeningForm(forms.Form):
    """A case by hand: `subject` is the reference of something known, as in `en_4k2`."""

    subject = forms.CharField(max_length=24, label="Subject", error_messages={"required": "Choose whom it is about."})
    queue = forms.ChoiceField(label="Suspected")
    severity = forms.ChoiceField(label="Severity", choices=Severity.choices, initial=Severity.MEDIUM)
    reason = forms.CharField(
        max_length=NOTE_LIMIT,
        label="Why",
        help_text="In words, for whoever decides. Kept as the first note of the case.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, queues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].choices = queues  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """For how many hours a case is put aside, and for whom it waits: then its clock stands still."""

    TIMES = ((1, "1 hour"), (4, "4 hours"), (24, "1 day"), (72, "3 days"))

    hours = forms.TypedChoiceField(choices=TIMES, coerce=int)
    wait_for = forms.ChoiceField(required=False, choices=[("", "Nobody: the clock goes on"), *WaitFor.choices])
    wake_on = forms.ChoiceField(required=False, choices=[("", "Only the time"), *WakeOn.choices])


class DecisionForm(forms.Form):
    """One decision: a preset, or a record of policy, actions, label and reason that was changed by hand.

    `record_of` says for which preset the record was drawn. Only a record drawn for the chosen preset counts; else the
    preset itself does, so that a key pressed faster than the drawing never applies the parts of another preset.
    """

    version = forms.IntegerField(min_value=0)
    fence = forms.IntegerField(min_value=0)
    preset = forms.CharField(required=False, max_length=8)
    record_of = forms.CharField(required=False, max_length=8)
    policy = forms.IntegerField(required=False)
    action = forms.MultipleChoiceField(required=False)
    label = forms.ChoiceField(required=False, label="Label", choices=[(word, word) for word in CLASS_VERDICT])
    reason = forms.IntegerField(required=False)
    days = forms.TypedChoiceField(required=False, choices=list(DURATIONS.items()), coerce=int, empty_value=0)  # type: ignore[arg-type]
    language = forms.ChoiceField(required=False, choices=list(LANGUAGES.items()))
    note = forms.CharField(required=False, max_length=NOTE_LIMIT, label="Note")

    def __init__(self, *args: Any, queue: Queue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presets = catalogue.current().presets_of(queue.pk)
        kinds = {
            kind for policy in catalogue.current().policies_of(queue.abuse_type_id) for kind in policy.action_kinds
        }
        self.fields["action"].choices = [(kind, kind) for kind in sorted(kinds)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Fill the record from the preset, and require each part."""
        cleaned = super().clean() or {}
        preset = self._preset()
        if preset is None and cleaned.get("preset") != OWN:
            self.add_error("preset", "Choose what should happen.")
        if preset is not None and cleaned.get("record_of") != str(preset.position):
            cleaned |= _record(preset)
        missing = [name for name in ("policy", "label", "reason") if not cleaned.get(name) and name not in self.errors]
        if "preset" not in self.errors:
            for name in missing:
                self.add_error(name, f"Choose a {name}.")
        return cleaned

    def _preset(self) -> Preset | None:
        chosen = self.cleaned_data.get("preset")
        return next((preset for preset in self.presets if str(preset.position) == chosen), None)


def _record(preset: Preset) -> dict[str, Any]:
    return {
        "policy": preset.policy_id,
        "action": list(preset.action_kinds),
        "label": preset.label_class,
        "reason": preset.reason_id,
        "days": 0,
        "language": "",
    }


def unticked(data: Any) -> list[int]:
    """Return the ids of the evidence events that were shown with a tick box and left without a tick."""
    shown = {int(part) for part in data.get("shown", "").split(",") if part.isascii() and part.isdigit()}
    ticked = {int(part) for part in data.getlist("evidence") if part.isascii() and part.isdigit()}
    return sorted(shown - ticked)
