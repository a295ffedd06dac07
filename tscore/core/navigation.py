"""The places of the left rail. Composition declares them; a person sees those that the access table lets them open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tscore.core import access


@dataclass(frozen=True)
class Place:
    """One entry: route name, word, icon (of `tscore.core.icons`), the keys that go there."""

    route: str
    label: str
    icon: str
    key: str = ""
    section: bool = False
    nested: bool = False


PLACES: list[Place] = []


def declare(*places: Place) -> None:
    """Set the places of the rail, in order."""
    PLACES[:] = places


def visible(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the places this person may open, with the one they are at marked."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {
            "url": url, "label": place.label, "icon": place.icon, "key": place.key, "section": place.section,
            "nested": place.nested, "count": None, "current": place.route == here,
        }
        for place in PLACES
        if access.may(request.user, place.route) and (url := _address(place.route))
    ]  # fmt: skip


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
