"""Every page there is: no violation, nothing wide, small, still, quiet, whole, and nothing personal in an address."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any

import pytest

from tests import pages
from tests.journeys.axe import TWO_LOOKS, Looks, violations
from tests.journeys.scenes import PASSWORD, complaints, enter, settle

pytestmark = [pytest.mark.browser]
HTMX_PATH = "htmx-current-path-for-history"
LIMIT, WORK_LIMIT = 200_000, 100_000
WORK = ("cases:queue", "cases:case")
EXPLORES = "cases:queue_explore"  # Plotly's bundle is what it is for
PERSONAL = re.compile(r"[\w.+-]+(@|%40)[\w-]+\.|(?<!since=)(?<!C-)(?<!\d)\+?\d{9,}|\d{1,3}(\.\d{1,3}){3}")
SEE = """async () => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  await new Promise((done) => setTimeout(done, 50));
  const all = (what) => [...document.querySelectorAll(what)];
  return {
    shift, headings: all('h1').length, critical: all('.sev.critical.filled').length,
    primary: all('main .button.primary').filter((one) => one.checkVisibility()).length,
    kept: Object.entries({...localStorage, ...sessionStorage}),
    weight: performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize ?? 0), 0),
  };
}"""


@pytest.fixture
def view(page: Any, console: str, reviewer: Any, tmp_path: Any, settings: Any) -> Any:
    """The page of somebody who may do everything, in a world that has one of each thing."""
    from tests.journeys import world

    world.fill(reviewer, tmp_path)
    page.context.set_default_timeout(15_000)
    page.problems, page.asked = complaints(page), []
    page.on("request", lambda request: page.asked.append(request.url))
    enter(page, console, reviewer)
    return page


def test_every_route_that_answers_get_is_listed() -> None:
    import tscore.urls  # noqa: F401  (declares what may be opened)
    from tscore.core.access import TABLE

    readable = {route for route, methods in TABLE.items() if "GET" in methods and not route.startswith("api:")}
    listed = {*pages.PAGES, *(route for route in pages.NO_PAGES if not route.startswith("api:"))}

    assert readable - listed == set()
    assert listed - readable == set()


def test_every_page_is_without_fault(view: Any, looks: Looks) -> None:
    faults = _crawl(view, looks)

    assert not faults, faults


def _crawl(view: Any, looks: Looks) -> str:
    """Return the faults of every page, a line each; a check sees each quickly, in one of two looks."""
    is_sample = looks == TWO_LOOKS
    turns = cycle([(one,) for one in looks] if is_sample else [looks])
    found = {}
    for name, address in pages.addresses().items():
        found[name] = _faults(view, name, address, is_quick=is_sample)
        found[name] += violations(view, next(turns), is_quick=is_sample)
    return "\n".join(f"{name}: {fault}" for name, faults in found.items() for fault in faults)


def _faults(view: Any, name: str, address: str, *, is_quick: bool) -> list[str]:
    view.problems.clear(), view.asked.clear()
    view.set_viewport_size({"width": 1440, "height": 900})
    answer = view.goto(address, wait_until="load" if is_quick else "networkidle")
    settle(view)
    seen = view.evaluate(SEE)
    expected = 404 if name == "not found" else 200
    html = answer.text() if answer.ok else "<html></html>"
    stored, personal = _stored(seen["kept"]), _personal(view.url, html)
    checks = {
        f"answers {answer.status}": answer.status == expected,
        "is not a whole page": "<html" in html and html.rstrip().endswith("</html>"),
        f"shifts by {seen['shift']}": seen["shift"] <= 0.02,
        f"says {view.problems}": expected == 404 or not view.problems,
        "has not one heading": seen["headings"] == 1,
        "has several main buttons": seen["primary"] <= 1,
        "fills several badges as critical": seen["critical"] <= 1,
        f"asks for {_plotly(view)}": name == EXPLORES or not _plotly(view),
        f"stores {stored}": not stored,
        f"names somebody in {personal}": not personal,
        f"weighs {seen['weight']}": 0 < seen["weight"] <= (WORK_LIMIT if name in WORK else LIMIT) or name == EXPLORES,
    }
    return [fault for fault, is_right in checks.items() if not is_right]


def _plotly(view: Any) -> list[str]:
    return [url for url in view.asked if "plotly" in url]


def _stored(kept: list[list[str]]) -> list[str]:
    """Return what lies in the browser's storage, but for the path that htmx keeps of the page itself."""
    return [f"{key}: {value}" for key, value in kept if key != HTMX_PATH or PERSONAL.search(value)]


def _personal(url: str, html: str) -> list[str]:
    """Return addresses of the page and its links that name a person; ids of ours and of the marketplace do not."""
    links = re.findall(r'(?:href|action|hx-get|hx-post)="(/[^"]*)"', html)
    here = url.partition("//")[2].partition("/")[2]
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
