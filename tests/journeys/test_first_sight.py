"""What must be in sight at 1280 by 800 without scrolling, and how much a page of a case holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories

pytestmark = [pytest.mark.browser]
WIDTH, HEIGHT = 1280, 800
MOST_NODES = 2500


def _boxes(page: Any) -> dict[str, Any]:
    reasons = {f"reason {at}": page.locator(".reason").nth(at) for at in range(min(3, page.locator(".reason").count()))}
    flagged = page.locator("section[aria-labelledby=why] > p:has-text('flagged')")
    return {"money": page.locator("[title='Money at stake']"), "flagged": flagged, **reasons}


def test_reasons_money_and_the_flagged_event_are_in_sight_and_the_page_stays_small(
    signed_in: Any, takeover: Any
) -> None:
    for minute in range(60):
        factories.event("login.failed", factories.after(-70 + minute), account="a-1", context={"device": f"d-{minute}"})
    case = takeover("a-1")
    signed_in.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    signed_in.goto(f"/cases/{case.ref}/")
    signed_in.wait_for_selector("#similar-cases")

    out_of_sight = [
        name
        for name, found in _boxes(signed_in).items()
        if not (box := found.bounding_box())
        or box["y"] < 0
        or box["y"] + box["height"] > HEIGHT
        or box["x"] + box["width"] > WIDTH
    ]

    assert out_of_sight == []
    assert signed_in.evaluate("document.querySelectorAll('*').length") <= MOST_NODES


def test_scores_similar_cases_and_filters_are_a_key_or_a_link_away(signed_in: Any, takeover: Any) -> None:
    case = takeover("a-1")
    signed_in.goto(f"/cases/{case.ref}/")
    signed_in.wait_for_selector("#similar-cases")

    signed_in.keyboard.press("d")
    signed_in.wait_for_selector("#scores table")
    signed_in.keyboard.press("f")
    signed_in.wait_for_url("**#similar-cases")
    signed_in.click("#time-line a:has-text('Risky only')")
    signed_in.wait_for_selector("#time-line a[aria-current]:has-text('Risky only')")

    kinds = signed_in.locator("#time-line .band .event .what").all_inner_texts()
    assert kinds == ["Payout asked for", "Changed e-mail"]
