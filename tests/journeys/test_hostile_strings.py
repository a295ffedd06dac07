"""A real browser before three hundred hostile texts: nothing runs, nothing is asked elsewhere, nothing complains."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser]
FIRED = "window.fired = 0; window.__fired = () => { window.fired += 1 }"
COUNT = """() => [window.fired, document.querySelectorAll(`main script, main iframe, main a[href*="//"],
  main [hx-get*="logout"], main [onerror], main [onload], main [onclick], main style`).length]"""


def test_a_page_of_all_hostile_texts_does_nothing_by_itself(page: Any, console: str, reviewer: Any) -> None:
    from tests.hostile import strings
    from tests.hostile.test_strings import scene
    from tests.journeys.scenes import complaints, enter

    texts = [text for name, group in strings.GROUPS.items() if name != "sizes" for text in group if text.split()]
    case = scene(texts, reviewer)
    problems = complaints(page)
    asked: list[str] = []
    page.add_init_script(FIRED)
    page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    enter(page, console, reviewer)

    for path in (f"/cases/{case.ref}/", "/queues/ato/", f"/e/account/{case.entity.ref}/"):
        page.goto(path, wait_until="networkidle", timeout=60_000)
        assert page.evaluate(COUNT) == [0, 0]

    assert problems == []
    assert [url for url in asked if not url.startswith(console) or "/logout/" in url] == []
