"""The figure of a queue is drawn by the package's own Plotly, under the content policy, and only when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]


def test_plotly_is_loaded_when_asked_for_and_draws(page: Any, console: str, reviewer: Any, takeover: Any) -> None:
    from django.contrib.auth.models import Group

    reviewer.groups.add(Group.objects.get(name="lead"))
    assign_perm("lead_queue", reviewer, takeover("a-1").queue)
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    enter(page, console, reviewer)

    page.goto("/queues/ato/health/")
    assert [url for url in asked if "plotly" in url] == []
    page.click("text=Explore this chart")
    page.wait_for_selector(".legendtext")

    assert len([url for url in asked if "plotly" in url]) == 1
    assert page.locator(".bars .point path").count() == 24 * 3
    assert page.locator(".legendtext").all_text_contents()[:2] == ["opened", "closed"]
    assert problems == []
