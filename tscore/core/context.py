"""What the frame of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tscore.core import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the nonce for scripts, the rail of a signed-in person and the name of this environment."""
    user = getattr(request, "user", None)
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "nav": navigation.visible(request) if user is not None and user.is_authenticated else [],
        "environment": "Demo" if settings.DEMO else "",
    }
