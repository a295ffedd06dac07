"""Forms of the evidence pages."""

from __future__ import annotations

from typing import Any

from django import forms

from signals.models import AbuseType
from signals.services.datasets import SPECS


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
