"""Effects on the marketplace with their delivery state."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.enums import ActionState
from cases.queries.actions import action_page
from cases.web import keys
from tscore.core.http import HtmxRequest, page


def actions(request: HtmxRequest) -> HttpResponse:
    """Show one page of actions, newest first."""
    state = request.GET.get("state", "")
    state = state if state in ActionState.values else ""
    found = action_page(user=request.user, state=state, cursor=request.GET.get("after") or None)
    tabs: list[dict[str, Any]] = [{"url": "?", "word": "", "count": None, "current": not state}]
    tabs += [
        {"url": f"?state={word}", "word": word, "count": found.state_counts.get(word), "current": state == word}
        for word in ActionState.values
        if found.state_counts.get(word) or state == word or word in ("done", "failed")
    ]
    context = {"now": timezone.now(), "found": found, "tabs": tabs, "state": state, "form_key": keys.new()}
    return page(request, "cases/actions.html", context)
