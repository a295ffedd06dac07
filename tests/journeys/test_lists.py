"""Lists by keys: filter, look, take, decide; nothing moves by itself; back at the row one left."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from cases.models import Case, Decision
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]


def _rows(page: Any) -> list[str]:
    return [str(row.get_attribute("href")).split("/")[2] for row in page.locator("[data-row] [data-open]").all()]


def test_filter_look_and_decide_without_leaving_the_list(signed_in: Any, takeover: Any) -> None:
    low, high = takeover("a-1", severity="low"), takeover("a-2", severity="high")
    signed_in.goto("/queues/ato/")
    signed_in.keyboard.press("/")
    signed_in.keyboard.type("severity:>=hgih")
    signed_in.keyboard.press("Enter")
    signed_in.get_by_role("button", name="Use severity:>=high").click()
    signed_in.wait_for_url("**/queues/ato/?f=*")
    assert _rows(signed_in) == [high.ref]

    signed_in.keyboard.press("j")
    signed_in.keyboard.press(" ")
    signed_in.locator("#peek .reason").first.wait_for()
    signed_in.get_by_role("button", name="Owner confirmed").click()
    signed_in.locator("tr.struck").wait_for()

    assert [made.case for made in Decision.objects.all()] == [high]
    assert (signed_in.locator("#peek").is_visible(), Case.objects.get(pk=low.pk).state) == (False, "queued")
    assert signed_in.evaluate("document.activeElement.matches('tr.struck a')")


def test_taken_and_given_back_by_keys(signed_in: Any, takeover: Any) -> None:
    case = takeover("a-1")
    signed_in.goto("/queues/ato/")
    signed_in.keyboard.press("j")

    for key, words, state in (("c", "In review", "reviewing"), ("Shift+C", "Open", "queued")):
        signed_in.keyboard.press(key)
        signed_in.locator("tr[data-row]", has_text=words).wait_for()
        assert Case.objects.get(pk=case.pk).state == state


def test_new_cases_wait_until_they_are_asked_for(signed_in: Any, takeover: Any) -> None:
    first = takeover("a-1", score=0.6)
    signed_in.goto("/queues/ato/")
    second = takeover("a-2", score=0.9)
    Case.objects.filter(pk=second.pk).update(opened_at=timezone.now())

    asked = "place => htmx.ajax('GET', place.getAttribute('hx-get'), place)"
    signed_in.locator("[data-while-seen]").evaluate(asked)
    signed_in.get_by_text("1 new since").wait_for()
    assert _rows(signed_in) == [first.ref]
    assert signed_in.locator("#n-high").inner_text() == "2"

    signed_in.keyboard.press(".")
    signed_in.locator("[data-row]").nth(1).wait_for()
    assert _rows(signed_in) == [second.ref, first.ref]


def test_back_from_a_case_the_row_is_current_and_the_filter_kept(signed_in: Any, takeover: Any) -> None:
    for number in range(3):
        takeover(f"a-{number}", score=0.5 + number / 10)
    signed_in.goto("/queues/ato/?f=severity:high")
    for key in ("j", "j"):
        signed_in.keyboard.press(key)
    left = signed_in.locator("tr[aria-current] [data-open]").get_attribute("href")

    signed_in.keyboard.press("o")
    signed_in.wait_for_selector("main h1")
    signed_in.wait_for_url(f"**{left}")
    signed_in.go_back()

    assert signed_in.locator("tr[aria-current] [data-open]").get_attribute("href") == left
    assert signed_in.input_value("#f") == "severity:high"


@pytest.mark.parametrize(("density", "rows"), [("standard", 16), ("compact", 21)])
def test_so_many_rows_stand_on_one_screen(
    signed_in: Any, reviewer: Any, takeover: Any, density: str, rows: int
) -> None:
    reviewer.density = density
    reviewer.save(update_fields=["density"])
    for number in range(rows + 2):
        takeover(f"a-{number:02}")
    signed_in.set_viewport_size({"width": 1280, "height": 800})
    signed_in.goto("/queues/ato/")

    floor = signed_in.locator("footer").bounding_box()["y"]
    boxes = [row.bounding_box() for row in signed_in.locator("[data-row]").all()]

    assert sum(box["y"] + box["height"] <= floor for box in boxes) >= rows


def test_what_the_filter_lets_through_is_chosen_and_decided_alike(
    page: Any, console: str, cleo: Any, takeover: Any
) -> None:
    for number in range(5):
        takeover(f"a-{number}", score=0.9 - number / 10, severity="high" if number < 4 else "low")
    enter(page, console, cleo)
    page.goto("/queues/ato/")
    page.keyboard.press("/")
    page.keyboard.type("severity:>=high")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queues/ato/?f=*")
    chosen = _rows(page)[:3]

    page.keyboard.press("j")
    page.locator("tr[aria-current] [data-select]").focus()
    page.keyboard.press(" ")  # a box that has the focus is ticked, and nothing is looked at
    assert (page.locator("[data-selected]").inner_text(), page.locator("#peek").is_visible()) == (
        "1 of 4 selected",
        False,
    )
    for key in ("j", "x", "j", "x", "b", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("h1:has-text('3 cases of Account takeover')")
    assert _rows(page) == chosen

    page.goto("/queues/ato/?f=severity:%3E%3Dhigh")
    page.get_by_role("button", name="Decide alike…").click()
    page.wait_for_selector("h1:has-text('4 cases of Account takeover')")
