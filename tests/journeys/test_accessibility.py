"""axe finds nothing, light and dark, wide to narrow; no page scrolls sideways; the content policy holds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES, WIDTHS = ("light", "dark"), (1440, 1024, 320)
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"


@pytest.fixture(params=SCHEMES)
def scheme(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def view(browser: Any, console: str, reviewer: Any, takeover: Any, scheme: str) -> Iterator[Any]:
    """Ada's page, with three cases of which she holds one."""
    for number, severity in enumerate(("critical", "high", "low")):
        takeover(f"a-{number}", score=0.9 - number / 10, severity=severity)
    context = browser.new_context(base_url=console, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    enter(page, console, reviewer)
    yield page
    context.close()


def violations(page: Any) -> list[str]:
    """Return what axe finds at every width, and whether the page scrolls sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        result = page.evaluate(RUN, TAGS)
        for one in result["violations"]:
            found += [f"{width} {one['id']}: {node['target']} {node['failureSummary']}" for node in one["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width} scrolls sideways")
    return found


@pytest.mark.parametrize("address", ["/", "/queues/", "/queues/ato/", "/actions/", "/me/decisions/", "/search/"])
def test_pages_have_no_violations(view: Any, address: str) -> None:
    view.goto(address)
    view.evaluate(AXE)

    assert violations(view) == []
    assert view.problems == []


def test_workspace_has_no_violations(view: Any) -> None:
    view.goto("/queues/ato/")
    view.keyboard.press("s")
    view.wait_for_selector("#decision")
    view.evaluate(AXE)

    assert violations(view) == []

    view.set_viewport_size({"width": 1440, "height": 900})
    view.keyboard.press("1")
    view.wait_for_selector("#record .effect:has-text('locks the account')")
    view.keyboard.press("p")
    assert violations(view) == []
    assert view.problems == []


def test_what_decides_is_in_view_without_scrolling(view: Any) -> None:
    view.set_viewport_size({"width": 1280, "height": 800})
    view.goto("/queues/ato/")
    view.keyboard.press("s")
    view.wait_for_selector("#decision")

    for selector in (".reason", ".what .chip", ".case-head .facts", "#decision button.primary"):
        box = view.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= 800, selector


def test_queue_shows_sixteen_rows_at_once(view: Any, takeover: Any) -> None:
    for number in range(20):
        takeover(f"b-{number}")
    view.set_viewport_size({"width": 1280, "height": 800})

    view.goto("/queues/ato/")

    boxes = view.locator("[data-row]").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
    assert len([bottom for bottom in boxes if bottom <= 800 - 28]) >= 16
