"""What a person sets for their own good, and the pause. Nothing here is shown to anybody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from cases.enums import Veil, VeilCategory
from cases.models import Care
from cases.queries import care as spent
from cases.services import care
from cases.web import keys
from tscore.core import breaks
from tscore.core.http import HtmxRequest, page, see_other

CATEGORIES = [*VeilCategory.choices, ("plain", "Everything else")]


class CareForm(forms.Form):
    """A veil for each category, what is not handed out, text first, the limit of a shift."""

    text_first = forms.BooleanField(required=False, label="Text first: pictures appear only when asked for")
    limit_minutes = forms.IntegerField(min_value=5, max_value=480, label="Most minutes of graphic cases in a shift")
    opted_out = forms.MultipleChoiceField(
        choices=VeilCategory.choices, required=False, widget=forms.CheckboxSelectMultiple,
        label="Do not hand these out to me", help_text="No reason is asked for, and nobody is told.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "As the organisation chose"), *Veil.choices]
        for name, label in CATEGORIES:
            self.fields[f"veil_{name}"] = forms.ChoiceField(choices=choices, required=False, label=f"Pictures: {label}")


def wellbeing(request: HtmxRequest) -> HttpResponse:
    """Show or change a person's wishes, and what they had in front of them today."""
    wishes = care.of(request.user)
    if request.method != "POST":
        return _answer(request, wishes, CareForm(initial=_initial(wishes)))
    form = CareForm(request.POST)
    if not form.is_valid():
        return _answer(request, wishes, form, status=422)
    given = form.cleaned_data
    care.wish(
        person=request.user,
        veils={name: given[f"veil_{name}"] for name, _ in CATEGORIES},
        opted_out=given["opted_out"],
        text_first=given["text_first"],
        limit_minutes=given["limit_minutes"],
    )
    return see_other(request, "cases:wellbeing")


def _initial(wishes: Care) -> dict[str, Any]:
    veils = {f"veil_{name}": wishes.veils.get(name, "") for name, _ in CATEGORIES}
    return {**veils, **{name: getattr(wishes, name) for name in ("text_first", "limit_minutes", "opted_out")}}


def _answer(request: HtmxRequest, wishes: Care, form: CareForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form,
        "spent": spent.exposure(person=request.user, wishes=wishes, now=now),
        "form_key": keys.new(),
    }
    return page(request, "cases/wellbeing.html", context, status=status)


def pause(request: HtmxRequest) -> HttpResponse:
    """Give back what the person holds and rest, or go on. Asks nothing."""
    now = timezone.now()
    if request.POST.get("go") == "on":
        breaks.go_on(request.session, now=now)
    else:
        keys.once(request, now=now, run=lambda: {"given_back": care.pause(person=request.user, now=now)})
        breaks.pause(request.session, now=now)
    return see_other(request, "cases:home")
