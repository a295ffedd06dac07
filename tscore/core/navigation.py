"""The places of the left rail. Composition declares them; a person sees those that the access table lets them open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tscore.core import access, groups


@dataclass(frozen=True)
class Place:
    """One entry: route name, word, icon (of `tscore.core.icons`), the keys that go there.

    Pages below its own address belong to it, and those below the addresses in `also`. It is shown to whoever may open
    it, or of those only to members of `groups`. The place with `looks_up` takes what is typed into the top bar.
    `count` says how much waits there for a person; it is asked where the rail is drawn and nowhere else.
    """

    route: str
    label: str
    icon: str
    key: str = ""
    section: bool = False
    nested: bool = False
    also: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    looks_up: bool = False
    count: Callable[[Any], int] | None = None


PLACES: list[Place] = []
OWN: list[Place] = []


def declare(*places: Place) -> None:
    """Set the places of the rail, in order."""
    PLACES[:] = places


def declare_own(*places: Place) -> None:
    """Set the pages about oneself, in order: they stand in a person's menu, and above each other as tabs."""
    OWN[:] = places


def own(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the pages about themselves that this person may open; `current` tells which one this is."""
    found = [(place, _address(place.route)) for place in OWN if _is_for(place, request.user)]
    return [{"url": url, "label": place.label, "current": url == request.path} for place, url in found if url]


def visible(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the places this person may open; `current` is "page" where they are, "true" where they are inside."""
    found = [(place, url) for place in PLACES if _is_for(place, request.user) and (url := _address(place.route))]
    here = _nearest(found, request.path)
    return [
        {
            "url": url, "label": place.label, "icon": place.icon, "key": place.key, "section": place.section,
            "nested": place.nested, "looks_up": place.looks_up, "count": _counted(place, request.user),
            "current": "" if place is not here else "page" if url == request.path else "true",
        }
        for place, url in found
    ]  # fmt: skip


def _counted(place: Place, user: Any) -> Callable[[], int | None]:
    """Return what a template asks, once, when it draws the place: nothing to say for nothing that waits."""
    return cache(lambda: (place.count(user) or None) if place.count else None)


def _is_for(place: Place, user: Any) -> bool:
    return access.may(user, place.route) and (not place.groups or groups.is_in(user, *place.groups))


def _nearest(found: list[tuple[Place, str]], path: str) -> Place | None:
    """Return the place whose addresses hold this one most closely; the root holds nothing but itself."""
    holding = [
        (len(address), place)
        for place, url in found
        for address in (url, *place.also)
        if path == address or (address != "/" and path.startswith(address))
    ]
    return max(holding, key=lambda held: held[0])[1] if holding else None


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
