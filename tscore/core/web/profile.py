"""How a person wants the console to look."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.http import HttpResponse

from tscore.core.http import HtmxRequest, page, see_other
from tscore.core.models import User

TEXT_SIZES = ((90, "90 %"), (100, "100 %"), (115, "115 %"), (130, "130 %"))
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def _zones() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in AREAS)
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class DisplayForm(forms.ModelForm):  # type: ignore[type-arg]
    """Theme, density, text size, time zone, motion."""

    text_size = forms.TypedChoiceField(choices=TEXT_SIZES, coerce=int)
    time_zone = forms.ChoiceField(choices=_zones)

    class Meta:
        model = User
        fields = ("theme", "density", "text_size", "time_zone", "reduce_motion")


def profile(request: HtmxRequest) -> HttpResponse:
    """Show the display settings, or change them."""
    if request.method != "POST":
        return _answer(request, DisplayForm(instance=request.user))
    form = DisplayForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _answer(request, form, status=422)
    User.objects.filter(pk=request.user.pk).update(**form.cleaned_data)
    return see_other(request, "core:profile")


def _answer(request: HtmxRequest, form: DisplayForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    return page(request, "core/profile.html", context, status=status)
