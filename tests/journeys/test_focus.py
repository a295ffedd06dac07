"""The focus is always seen, comes back after dialogs, and stands on the new heading; each change is announced once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.by_keys import moves_on, press, start
from tests.journeys.scenes import PASSWORD

pytestmark = [pytest.mark.browser]
FOCUSED = "document.activeElement.outerHTML.slice(0, 200)"
# What has the focus: nothing, or its name with what is wrong about how it shows.
LOOK = """() => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return null;
  const name = one.outerHTML.slice(0, 90);
  const rings = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  if (![one, one.closest("label, td, th, li, .field") ?? one].some(rings)) return [name, "has no outline"];
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const points = [];
  for (const x of [left + 2, (left + right) / 2, right - 2])
    for (const y of [top + 2, (top + bottom) / 2, bottom - 2]) points.push(document.elementFromPoint(x, y));
  const seen = points.filter((hit) => hit
    && (one.contains(hit) || hit.contains(one) || hit.closest("label")?.control === one));
  return [name, seen.length * 2 > points.length || (bottom - top > 200 && seen.length) ? "" : "is hidden"];
}"""
TOLD = """() => {
  window.told = [];
  new MutationObserver(() => {
    const words = document.querySelector("#live").textContent.trim();
    if (words && words !== told.at(-1)) told.push(words);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.mark.parametrize("height", [800, 400])
def test_the_focus_is_always_seen(signed_in: Any, takeover: Any, height: int) -> None:
    for number in range(25):
        takeover(f"a-{number}")
    signed_in.set_viewport_size({"width": 1280, "height": height})
    found = {}
    for name, address in (("queue", "/queues/ato/"), ("case", start(signed_in))):
        signed_in.goto(address if name == "queue" else f"/cases/{address}/")
        signed_in.wait_for_load_state("networkidle")
        signed_in.keyboard.press("Escape")
        found[name] = _walk(signed_in)
        assert len(found[name]) > 30

    assert {name: [one for one in walked if one[1]] for name, walked in found.items()} == {"queue": [], "case": []}


def _walk(page: Any, most: int = 150) -> list[list[str]]:
    """Press Tab from the start of the page to its end; return what was focused, with what is wrong about it."""
    walked: list[list[str]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if (seen := page.evaluate(LOOK)) is None:
            break
        walked.append(seen)
    return walked


def test_the_focus_comes_back_after_the_list_of_keys_and_the_palette(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    signed_in.goto("/queues/ato/")
    press(signed_in, "j")
    before, after = signed_in.evaluate(FOCUSED), []
    for key in ("?", "Control+k"):
        press(signed_in, key)
        signed_in.wait_for_selector("dialog[open]")
        press(signed_in, "Escape")
        signed_in.wait_for_selector("dialog[open]", state="detached")
        after.append(signed_in.evaluate(FOCUSED))

    assert "data-open" in before
    assert after == [before, before]


def test_who_signs_in_again_goes_on_writing(signed_in: Any, takeover: Any) -> None:
    from django.contrib.sessions.models import Session

    from cases.models import Draft

    takeover("a-1")
    start(signed_in)
    press(signed_in, "m")
    Session.objects.all().delete()
    signed_in.keyboard.type("They called twice.")
    signed_in.wait_for_selector("#again [type=password]")
    signed_in.fill("#again [type=password]", PASSWORD)
    press(signed_in, "Enter")
    signed_in.wait_for_selector("#saved:has-text('Draft kept')")

    assert signed_in.evaluate("document.activeElement.id") == "note"
    signed_in.keyboard.type(" Twice!")
    assert signed_in.input_value("#note") == "They called twice. Twice!"
    assert Draft.objects.count() == 1


def test_the_next_case_is_announced_once_and_its_heading_focused(signed_in: Any, takeover: Any) -> None:
    takeover("a-1", score=0.9), takeover("a-2", score=0.5)
    ref = start(signed_in)
    signed_in.evaluate(TOLD)
    following = moves_on(signed_in, ref, "1", "Enter")
    signed_in.wait_for_timeout(300)

    [told] = signed_in.evaluate("told")
    assert ref in told
    assert f"Now {following}" in told
    assert signed_in.evaluate("document.activeElement.matches('main h1')")
