"""What the form of a mute sends, read and checked before any service is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.conf import settings

from signals.services.mutes import LONGEST_REASON

_HOURS: Final = ((1, "1 hour"), (8, "8 hours"), (24, "1 day"), (72, "3 days"), (168, "7 days"), (720, "30 days"),
                 (2160, "90 days"))  # fmt: skip


class MuteForm(forms.Form):
    """One mute: a detector, for one entity or for all, with its reason and its length; there is none without an end."""

    detector = forms.TypedChoiceField(coerce=int, label="Detector")
    entity = forms.CharField(
        required=False,
        max_length=300,
        label="About",
        help_text="An account, listing, card or whatever the detector speaks of, by any id. Empty: about everybody.",
    )
    hours = forms.TypedChoiceField(coerce=int, label="For how long")
    reason = forms.CharField(
        max_length=LONGEST_REASON, label="Reason", help_text="Kept in the audit trail. Name no personal values."
    )

    def __init__(self, *args: Any, detectors: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        longest = settings.MUTE_LONGEST / timedelta(hours=1)
        self.fields["detector"].choices = [("", "choose"), *detectors]  # type: ignore[attr-defined]
        self.fields["hours"].choices = [(hours, words) for hours, words in _HOURS if hours <= longest]  # type: ignore[attr-defined]

    @property
    def length(self) -> timedelta:
        """Return how long the mute is to hold."""
        return timedelta(hours=self.cleaned_data["hours"])
