"""The figure of a queue is drawn by the package's own Plotly, under the content policy, and only when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from tests.journeys.scenes import complaints, enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def leading(reviewer: Any, takeover: Any) -> Any:
    """Ada, who leads the queue of takeovers, which has a case."""
    from django.contrib.auth.models import Group

    reviewer.groups.add(Group.objects.get(name="lead"))
    assign_perm("lead_queue", reviewer, takeover("a-1").queue)
    return reviewer


def test_plotly_is_loaded_when_asked_for_and_draws(page: Any, console: str, leading: Any) -> None:
    asked: list[str] = []
    problems = complaints(page)
    page.on("request", lambda request: asked.append(request.url))
    enter(page, console, leading)

    page.goto("/queues/ato/health/")
    assert [url for url in asked if "plotly" in url] == []
    page.click("text=Explore this chart")
    page.wait_for_selector(".legendtext")

    assert len([url for url in asked if "plotly" in url]) == 1
    assert page.locator(".bars .point path").count() == 24 * 3
    assert page.locator(".legendtext").all_text_contents()[:2] == ["opened", "closed"]
    assert problems == []


def test_the_page_never_scrolls_sideways_while_the_window_gets_narrower(leading: Any, signed_in: Any) -> None:
    signed_in.set_viewport_size({"width": 1440, "height": 900})
    signed_in.goto("/queues/ato/explore/")
    signed_in.wait_for_selector(".legendtext")
    signed_in.set_viewport_size({"width": 1024, "height": 900})

    assert signed_in.evaluate("document.querySelector('.main-svg').clientWidth > 1024"), "it is drawn anew already"
    assert signed_in.evaluate("document.documentElement.scrollWidth") == 1024
