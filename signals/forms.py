"""Forms of the evidence pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from signals.kinds import KINDS
from signals.models import AbuseType
from signals.services.datasets import SPECS
from signals.services.dead_letter_batches import Filter
from signals.services.intake.problems import CODES


class DatasetForm(forms.Form):
    """What to build and as of when. `key` makes pressing the button twice one build."""

    abuse_type = forms.ChoiceField(label="Abuse type")
    as_of = forms.DateTimeField(
        label="As of (UTC)",
        help_text="Only labels known by then count; features are as of each event.",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = dict(AbuseType.objects.order_by("position").values_list("slug", "name"))
        field = self.fields["abuse_type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slug, name) for slug, name in names.items() if slug in SPECS]


class LetterFilter(forms.Form):
    """Which refused items are meant; what cannot be read does not narrow, and the form says so."""

    _FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
    _MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    source = forms.TypedChoiceField(label="Sender", required=False, coerce=int, empty_value=None)
    code = forms.ChoiceField(label="Reason", required=False, choices=[("", "any"), *((code, code) for code in CODES)])
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "any"), *((kind, kind) for kind in sorted(KINDS))]
    )
    since = forms.DateTimeField(label="From (UTC)", required=False, input_formats=_FORMATS, widget=_MOMENT)
    until = forms.DateTimeField(label="Until (UTC)", required=False, input_formats=_FORMATS, widget=_MOMENT)

    def __init__(self, *args: Any, sources: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = [("", "any"), *sources]  # type: ignore[attr-defined]

    def wanted(self) -> Filter:
        """Return what was asked for, as far as it could be read."""
        self.is_valid()
        found = self.cleaned_data
        return Filter(
            source_id=found.get("source"),
            code=found.get("code", ""),
            kind=found.get("kind", ""),
            since=found.get("since"),
            until=found.get("until"),
        )

    def asked(self) -> dict[str, str]:
        """Return the fields that narrow, as they stand in an address."""
        self.is_valid()
        return {name: self.data[name] for name in self.fields if self.cleaned_data.get(name)}
