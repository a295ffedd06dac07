"""How pages stand in the window: nothing moves while loading, rows fit, targets are large enough."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.test_accessibility import AXE

pytestmark = [pytest.mark.browser]
MAIN = (
    "/", "/inbox/", "/queues/", "/queues/ato/", "/search/", "/me/decisions/", "/actions/", "/handbook/", "/practice/",
)  # fmt: skip
MOST_SHIFT = 0.02
WATCH = """
window.shift = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value })
  .observe({type: 'layout-shift', buffered: true})
"""
TARGETS = "axe.run(document, {runOnly: {type: 'rule', values: ['target-size']}})"


def test_nothing_moves_while_a_main_page_loads(signed_in: Any, takeover: Any) -> None:
    case = takeover("a-1")
    signed_in.add_init_script(WATCH)
    shifts = {}
    for address in (*MAIN, f"/cases/{case.ref}/"):
        signed_in.goto(address)
        signed_in.wait_for_load_state("networkidle")
        shifts[address] = signed_in.evaluate("window.shift")

    assert len(shifts) == 10
    assert {address: shift for address, shift in shifts.items() if shift > MOST_SHIFT} == {}


@pytest.mark.parametrize(("density", "least"), [("standard", 16), ("compact", 21)])
def test_a_queue_shows_many_rows_at_once(
    density: str, least: int, signed_in: Any, takeover: Any, reviewer: Any
) -> None:
    reviewer.density = density
    reviewer.save(update_fields=["density"])
    for number in range(26):
        takeover(f"b-{number}")
    signed_in.set_viewport_size({"width": 1280, "height": 800})

    signed_in.goto("/queues/ato/")

    bottoms = signed_in.locator("[data-row]").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().bottom)"
    )
    assert len([bottom for bottom in bottoms if bottom <= 800 - 28]) >= least


def test_targets_are_large_enough_or_spaced(signed_in: Any, takeover: Any) -> None:
    case = takeover("a-1")
    found, ran = {}, {}
    for address in (*MAIN, f"/cases/{case.ref}/", f"/e/account/{case.entity.ref}/"):
        signed_in.goto(address)
        signed_in.evaluate(AXE)
        result = signed_in.evaluate(TARGETS)
        found[address] = [node["target"] for one in result["violations"] for node in one["nodes"]]
        ran[address] = bool(result["passes"])

    assert {address: targets for address, targets in found.items() if targets} == {}
    assert all(ran.values())
