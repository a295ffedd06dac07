"""A ring in the browser: found from a case, seen without faults, decided by keys, and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.axe import Looks, violations
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def ring_ref(takeover: Any, reviewer: Any) -> str:
    """The case of a ring of three, one of them with a case of its own."""
    from tests.cases import ring

    takeover("a-1")
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    return str(ring.held(reviewer).ref)


def test_ring_is_found_from_the_case_of_an_account(signed_in: Any, takeover: Any) -> None:
    from tests.cases import ring

    own = takeover("a-1")
    ring.share("device", "d-9", "a-1", "a-2", "a-3")

    signed_in.goto(f"/cases/{own.ref}/")
    signed_in.click("button:has-text('Find the ring around this account')")
    signed_in.wait_for_selector("#members")

    assert (
        signed_in.locator("#together ~ ul, [aria-labelledby=together] li")
        .first.inner_text()
        .startswith("3 accounts share device d-9")
    )


def test_ring_pages_have_no_violations(signed_in: Any, ring_ref: str, looks: Looks) -> None:
    from cases.models import Case

    account = Case.objects.exclude(entity__kind="ring").get().entity
    found = {}
    for address in (f"/cases/{ring_ref}/", f"/e/account/{account.ref}/?ring=none"):
        signed_in.goto(address)
        found[address] = violations(signed_in, looks)

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_ring_is_decided_by_keys(signed_in: Any, ring_ref: str) -> None:
    from cases.models import Case, Decision

    signed_in.goto(f"/cases/{ring_ref}/")
    signed_in.keyboard.press("j")
    signed_in.keyboard.press("x")
    signed_in.evaluate("document.activeElement.blur()")
    signed_in.keyboard.press("1")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_selector("[aria-labelledby=members] .hint:has-text('1 of 3 to decide')")
    assert Decision.objects.count() == 2

    signed_in.keyboard.press("3")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(lambda url: ring_ref not in url)

    assert Decision.objects.count() == 4
    assert Case.objects.get(entity__kind="ring").state == "closed"


def test_ring_works_without_scripts(browser: Any, console: str, reviewer: Any, ring_ref: str) -> None:
    from cases.models import Decision

    context = browser.new_context(base_url=console, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    enter(page, console, reviewer)

    page.goto(f"/cases/{ring_ref}/")
    page.uncheck("[name=member] >> nth=2")
    page.check("[name=preset][value='1']")
    page.click("button:has-text('Apply and next')")
    assert ring_ref in page.url
    page.click("[data-toast] button:has-text('Undo')")
    context.close()

    assert sorted(Decision.objects.values_list("verdict", flat=True)) == ["bad", "bad", "withdrawn", "withdrawn"]
