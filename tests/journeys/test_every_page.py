"""Every page there is: no violation, nothing wide, small, still, quiet, whole, and nothing personal in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from tests import pages
from tests.journeys.axe import TWO_LOOKS, Looks, violations
from tests.journeys.scenes import PASSWORD, enter

pytestmark = [pytest.mark.browser]
ADD = "(sum, entry) => sum + (entry.encodedBodySize ?? 0)"
HTMX_PATH = "htmx-current-path-for-history"
LIMIT, WORK_LIMIT = 200_000, 100_000
WORK = ("cases:queue", "cases:case")
PERSONAL = re.compile(r"[\w.+-]+(@|%40)[\w-]+\.|(?<!since=)(?<!C-)(?<!\d)\+?\d{9,}|\d{1,3}(\.\d{1,3}){3}")
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true}); }"""


@pytest.fixture
def view(browser: Any, console: str, reviewer: Any, tmp_path: Any, settings: Any) -> Iterator[Any]:
    """The page of somebody who may do everything, in a world that has one of each thing."""
    from tests.journeys import world

    world.fill(reviewer, tmp_path)
    context = browser.new_context(base_url=console, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.problems, page.weight, page.asked = [], 0, []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    enter(page, console, reviewer)
    yield page
    context.close()


def test_every_route_that_answers_get_is_listed() -> None:
    import tscore.urls  # noqa: F401  (declares what may be opened)
    from tscore.core.access import TABLE

    readable = {route for route, methods in TABLE.items() if "GET" in methods and not route.startswith("api:")}
    listed = {*pages.PAGES, *(route for route in pages.NO_PAGES if not route.startswith("api:"))}

    assert readable - listed == set()
    assert listed - readable == set()


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_without_fault(view: Any, half: int, looks: Looks) -> None:
    faults = _crawl(view, looks, half)

    assert not faults, faults


def _crawl(view: Any, looks: Looks, half: int) -> str:
    """Return the faults of every second page, a line each; of two looks the pages take one in turn."""
    every_second = list(pages.addresses().items())[half::2]
    turns = cycle([(one,) for one in looks] if looks == TWO_LOOKS else [looks])
    found = {name: _faults(view, name, address, next(turns)) for name, address in every_second}
    return "\n".join(f"{name}: {fault}" for name, faults in found.items() for fault in faults)


def _faults(view: Any, name: str, address: str, looks: Looks) -> list[str]:
    view.problems.clear(), view.asked.clear()
    view.set_viewport_size({"width": 1440, "height": 900})
    answer = view.goto(address, wait_until="networkidle")
    view.evaluate(SHIFTS)
    view.wait_for_timeout(50)
    expected = 404 if name == "not found" else 200
    html = answer.text() if answer.ok else "<html></html>"
    checks = {
        f"answers {answer.status}": answer.status == expected,
        "is not a whole page": "<html" in html and html.rstrip().endswith("</html>"),
        f"shifts by {view.evaluate('shifted')}": view.evaluate("shifted") <= 0.02,
        f"says {view.problems}": expected == 404 or not view.problems,
        "has not one heading": view.locator("h1").count() == 1,
        "has several main buttons": view.locator("main .button.primary:visible").count() <= 1 or name in MANY,
        "fills several badges as critical": view.locator(".sev.critical.filled").count() <= 1,
        f"asks for {_plotly(view)}": name == "cases:queue_explore" or not _plotly(view),
        f"stores {_stored(view)}": not _stored(view),
        f"names somebody in {_personal(view, html)}": not _personal(view, html),
        f"weighs {_weight(view)}": _weight(view) <= (WORK_LIMIT if name in WORK else LIMIT) or name in HEAVY,
    }
    return [fault for fault, is_right in checks.items() if not is_right] + violations(view, looks)


# Plotly's bundle is what the page to explore is for.
HEAVY = ("cases:queue_explore",)
MANY: tuple[str, ...] = ()


def _plotly(view: Any) -> list[str]:
    return [url for url in view.asked if "plotly" in url]


def _weight(view: Any) -> int:
    """Return the encoded bytes of the page and all it loaded, as a first visit takes them."""
    return int(view.evaluate(f"performance.getEntries().reduce({ADD}, 0)"))


def _stored(view: Any) -> list[str]:
    """Return what lies in the browser's storage, but for the path that htmx keeps of the page itself."""
    kept = view.evaluate("Object.entries({...localStorage, ...sessionStorage})")
    return [f"{key}: {value}" for key, value in kept if key != HTMX_PATH or PERSONAL.search(value)]


def _personal(view: Any, html: str) -> list[str]:
    """Return addresses of the page and its links that name a person; ids of ours and of the marketplace do not."""
    links = re.findall(r'(?:href|action|hx-get|hx-post)="(/[^"]*)"', html)
    here = view.url.partition("//")[2].partition("/")[2]
    return [link for link in (here, *links) if PERSONAL.search(link) and not link.startswith("/static/")]


def test_pages_open_whole_after_back_and_reload(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    signed_in.goto("/queues/ato/")
    signed_in.locator("[data-row] a[data-open]").first.click()
    signed_in.wait_for_selector(".case-head")
    signed_in.go_back()
    signed_in.wait_for_selector("[data-row]")
    signed_in.go_forward()
    signed_in.wait_for_selector(".case-head h1")
    signed_in.reload()

    assert signed_in.locator("html > body > .app nav.rail").count() == 1
    assert PASSWORD not in signed_in.content()
