"""Every list answers the same keys, `?` lists exactly what is bound, and what is typed into a field stays there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import TimeoutError  # noqa: A004

from tests.journeys import office
from tests.journeys.by_keys import press
from tests.journeys.test_palette import BOUND

pytestmark = [pytest.mark.browser]
SHOWN = "lines => lines.map((one) => one.firstChild.textContent)"
LINK = """(() => { const link = document.querySelector('[data-row][aria-current] [data-open]');
  return link && link.pathname + link.search; })()"""
ROW = "[...document.querySelectorAll('[data-row]')].indexOf(document.querySelector('[data-row][aria-current]'))"
# What typing into a field must leave as it was: the address, the ticks, the row, the dialogs, what has the focus.
REST = """() => [location.href, document.querySelectorAll('[type=checkbox]:checked, [type=radio]:checked').length,
  document.querySelectorAll('dialog[open], details[open]').length, document.querySelectorAll('[data-row]').length]"""
FIELDS = """[...document.querySelectorAll("main input, main textarea")].filter((one) =>
  one.checkVisibility() && !one.readOnly && !one.disabled && ["text", "search", "textarea"].includes(one.type))"""
TYPED = "1nxezhs ?jko"


def test_every_list_has_the_same_keys(office_page: Any) -> None:
    found = {name: _faults(office_page, address) for name, address in office.lists().items()}

    faults = "\n".join(f"{name}: {fault}" for name, faults in found.items() for fault in faults)
    assert not faults, faults


def test_the_results_of_a_search_have_the_keys_of_lists(office_page: Any) -> None:
    _search(office_page)

    assert _keys_of_list(office_page) == []


def _search(page: Any) -> None:
    page.goto("/search/")
    page.fill("#q", "a-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-row]")


def _faults(page: Any, address: str) -> list[str]:
    """Return what the keys of a list do wrong."""
    page.goto(address)
    faults = [*_help(page), *_keys_of_list(page)]
    _leave(page, address)
    return [*faults, *_opens(page, address)]


def _help(page: Any) -> list[str]:
    """`?` shows exactly what is bound."""
    bound = sorted(page.evaluate(BOUND))
    press(page, "?")
    shown = sorted(page.locator("[data-keys-list] li").evaluate_all(SHOWN))
    press(page, "Escape")
    return [] if shown == bound and len(bound) > 5 else [f"? misses {set(bound) ^ set(shown)}"]


def _opens(page: Any, address: str) -> list[str]:
    """`o` and Enter open the current row, each from a fresh page."""
    faults = []
    for key in ("o", "Enter"):
        page.goto(address)
        press(page, "j")
        wanted = page.evaluate(LINK) or "a link"
        press(page, key)
        try:
            page.wait_for_url(lambda url, wanted=wanted: wanted in url, wait_until="domcontentloaded", timeout=4000)
        except TimeoutError:
            faults.append(f"{key} opens {page.url}, not {wanted}")
    return faults


def _leave(page: Any, address: str) -> None:
    """`g` and a letter lead elsewhere, whichever row is the current one."""
    keys, there = ("g i", "inbox") if address == "/queues/" else ("g q", "queues")
    press(page, keys)
    page.wait_for_url(re.compile(f"//[^/]+/{there}/$"), wait_until="domcontentloaded", timeout=4000)


def _keys_of_list(page: Any) -> list[str]:
    """`j` moves, `k` goes back, `x` ticks where there is something to tick."""
    if page.locator("[data-row]").count() < 2:
        return [f"has {page.locator('[data-row]').count()} rows"]
    places = []
    for key in ("j", "j", "k", "ArrowDown", "ArrowUp"):
        press(page, key)
        places.append(page.evaluate(ROW))
    faults = [] if places == [0, 1, 0, 1, 0] else [f"moves over {places}"]
    tick = page.locator("[data-row][aria-current] [data-select]")
    if tick.count():
        before = tick.is_checked()
        press(page, "x")
        faults += [] if tick.is_checked() != before else ["x does not tick"]
    return faults


def test_what_is_typed_into_a_field_does_nothing_else(office_page: Any) -> None:
    from cases.models import Case

    held = Case.objects.filter(state="queued").latest("pk")
    held_url = f"/cases/{held.ref}/"
    found, count = {}, 0
    for name, address in {**office.lists(), "search": "/search/", "case": held_url, "new case": "/cases/new/"}.items():
        office_page.goto(address)
        if name == "case":
            press(office_page, "c")
            office_page.wait_for_selector("#decision")
        for place in range(office_page.evaluate(f"{FIELDS}.length")):
            count += 1
            if wrong := _typed(office_page, place):
                found[f"{name} {place}"] = wrong

    assert found == {}
    assert count >= 6


def _typed(page: Any, place: int) -> list[Any]:
    """Type into one field; return what is there and what changed, if either is wrong."""
    page.evaluate(f"{FIELDS}[{place}].focus()")
    page.evaluate(f"{FIELDS}[{place}].value = ''")
    before = page.evaluate(REST)
    page.keyboard.type(TYPED)
    value, after = page.evaluate(f"{FIELDS}[{place}].value"), page.evaluate(REST)
    page.evaluate(f"{FIELDS}[{place}].value = ''")
    return [] if (value, after) == (TYPED, before) else [value, before, after]
