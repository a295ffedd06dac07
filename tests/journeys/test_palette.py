"""The palette finds, goes and does; `?` lists exactly what is bound."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.axe import Looks, violations
from tests.journeys.scenes import begin

pytestmark = [pytest.mark.browser]
BOUND = """() => {
  const detail = [];
  dispatchEvent(new CustomEvent("commands", { detail }));
  return detail.map((one) => one.label);
}"""


@pytest.fixture
def case(signed_in: Any, takeover: Any) -> Any:
    """The page of a case that Ada holds, another one waiting."""
    takeover("a-1"), takeover("a-2")
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    return signed_in


def _ask(page: Any, text: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(text)


def test_a_case_number_typed_and_entered_at_once_opens_that_case(case: Any) -> None:
    from cases.models import Case

    other = Case.objects.get(state="queued")

    _ask(case, other.ref)
    case.keyboard.press("Enter")

    case.wait_for_url(f"**/cases/{other.ref}/")
    assert other.ref in case.locator(".case-head").inner_text()


def test_a_command_of_the_page_is_found_with_its_key_and_done(case: Any) -> None:
    _ask(case, "skip")
    case.wait_for_selector("[role=option][aria-selected=true] kbd:text-is('n')")
    case.keyboard.press("Enter")

    case.wait_for_selector("[name=reason]:focus")
    assert not case.locator("dialog[data-palette]").is_visible()
    assert case.evaluate("document.activeElement.form.action").endswith("/skip/")


def test_a_page_is_gone_to_with_the_arrows(case: Any) -> None:
    case.keyboard.press("Control+k")
    case.wait_for_selector("[role=option]")
    case.keyboard.type("queues")
    case.wait_for_selector("[role=option][aria-selected=true]:has-text('Queues') kbd:text-is('g q')")
    case.wait_for_selector("dialog [role=status]:has-text('results')")

    active = "() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText"
    first = case.evaluate(active)
    case.keyboard.press("ArrowDown")
    second = case.evaluate(active)
    case.keyboard.press("ArrowUp")
    assert (case.evaluate(active) == first) and first != second
    case.keyboard.press("Enter")

    case.wait_for_url("**/queues/")


def test_escape_gives_the_focus_back_and_accessibility_has_nothing_to_say(case: Any, looks: Looks) -> None:
    case.keyboard.press("m")
    _ask(case, "queues")
    case.wait_for_selector("[role=option][aria-selected=true]:has-text('Queues')")
    assert violations(case, looks) == []

    case.keyboard.press("Escape")

    assert case.evaluate("document.activeElement.id") == "note"
    assert case.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("address", ["/", "/queues/", "/queues/ato/", "/search/", "/me/decisions/", ""])
def test_the_list_of_keys_is_what_is_bound(case: Any, address: str) -> None:
    if address:
        case.goto(address)

    bound = case.evaluate(BOUND)
    case.keyboard.press("?")

    shown = case.locator("[data-keys-list] li").evaluate_all("lines => lines.map((one) => one.firstChild.textContent)")
    assert sorted(shown) == sorted(bound) and len(bound) > 5
