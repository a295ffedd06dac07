"""From words to a thing, through its tabs and one hop further, by keys alone; then what axe says of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import factories
from tests.journeys.test_accessibility import TWO_LOOKS, violations

pytestmark = [pytest.mark.browser]


def _market() -> None:
    """An account that did something everywhere, shares a device, and wrote a title to be afraid of."""
    from tests.cases import ring
    from tests.cases.queries.test_rollup import busy

    busy("a-1", 2)
    ring.share("device", "d-shared", "a-1", "a-2", "a-3")
    title = 'Red bike "><svg onload=alert(1)> javascript:alert(1) https://evil.example/bike \u202eekib'
    for name, words in (("l-plain", "A red mountain bike, like new"), ("l-bad", title)):
        factories.event("listing.created", factories.NOON, listing=name, seller="a-1", title=words, description="x")


def test_from_words_to_who_else_shares_a_device_by_keys(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    _market()
    page = signed_in
    page.goto("/search/")
    page.keyboard.press("/")
    page.keyboard.type("red bike")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")
    assert (page.locator("tr[data-row]").count(), "red" in page.url) == (2, False)
    assert violations(page, TWO_LOOKS) == []

    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/e/listing/"))
    page.goto(f"/e/account/{factories.entity('account', 'a-1').ref}/")
    assert violations(page, TWO_LOOKS) == []

    for tab in ("activity", "links"):
        page.keyboard.press("]")
        page.wait_for_url(re.compile(f"/{tab}/$"))
    page.get_by_role("link", name="Expand device d-shared").press("Enter")
    page.wait_for_selector("#hop tbody tr")
    assert page.locator("#hop tbody tr").count() == 3
    assert violations(page, TWO_LOOKS) == []


def test_tabs_have_no_violations(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    _market()
    found = {}
    for tab in ("money", "messages", "raw", "decisions"):
        signed_in.goto(f"/e/account/{factories.entity('account', 'a-1').ref}/{tab}/")
        found[tab] = violations(signed_in, TWO_LOOKS)

    assert {tab: faults for tab, faults in found.items() if faults} == {}
