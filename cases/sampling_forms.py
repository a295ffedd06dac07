"""What a lead may change of a lane."""

from django import forms

from cases.models.sampling import MOST_A_DAY


class LaneForm(forms.Form):
    """A lane's daily budget, and whether it draws at all."""

    lane = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    daily_budget = forms.IntegerField(min_value=1, max_value=MOST_A_DAY, label="Cases a day")
    is_on = forms.BooleanField(required=False, label="Draws")
