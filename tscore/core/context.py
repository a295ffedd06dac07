"""What the frame of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tscore.core import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the nonce for scripts, the rail and the look-up of a signed-in person, the name of this environment."""
    user = getattr(request, "user", None)
    nav = navigation.visible(request) if user is not None and user.is_authenticated else []
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "nav": nav,
        "look_up_url": next((place["url"] for place in nav if place["looks_up"]), ""),
        "environment": "Demo" if settings.DEMO else "",
    }
