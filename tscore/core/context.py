"""What the frame of every page needs."""

import json
import time
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tscore.core import breaks, counts, navigation, shortcuts
from tscore.core.http import is_partial

KNOWN_FOR_S: Final = 180.0  # what was seen longer ago says nothing about now


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the nonce for scripts, a signed-in person's rail and look-up, this environment, how much is wrong.

    What only the frame shows is worked out when a template asks for it: a fragment has no frame.
    """
    user = getattr(request, "user", None)
    inside = user is not None and user.is_authenticated
    nav = SimpleLazyObject(lambda: navigation.visible(request) if inside else [])
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "nav": nav,
        "own_pages": lambda: navigation.own(request) if inside else [],
        "shortcuts": cache(lambda: _shortcuts(user) if inside else {}),
        "look_up_url": lambda: next((place["url"] for place in nav if place["looks_up"]), ""),
        "environment": "Demo" if settings.DEMO else "",
        "alarm_count": cache(lambda: _alarm_count() if inside else 0),
        "rest": _rest(request) if inside else None,
    }


def _rest(request: HttpRequest) -> dict[str, Any]:
    """Return how the person stands with breaks; what a page does by itself is no work."""
    now = timezone.now()
    if not is_partial(request) or (request.method == "POST" and not request.path.endswith("/heartbeat/")):
        breaks.note(request.session, now=now)
    return breaks.state(request.session, now=now)


def _shortcuts(user: Any) -> dict[str, Any]:
    found = shortcuts.of(user)
    return {**found, "map": json.dumps(found["map"]) if found["map"] else ""}


def _alarm_count() -> int:
    """Return how many alarms were open when the stage last looked: read from a file, for every page asks."""
    if time.time() - counts.one(*counts.LOOKED_AT) > KNOWN_FOR_S:
        return 0
    return int(counts.one(*counts.OPEN_ALARMS))
