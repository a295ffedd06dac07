"""The keyboard map on German, French and Portuguese layouts: what is typed counts, for digits the place as well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.scenes import begin

pytestmark = [pytest.mark.browser]
PRESS = """([key, code, more]) => (document.activeElement ?? document.body).dispatchEvent(
  new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }))"""
HELD = {"shiftKey": True}
# Layout, what its user presses for the command, where that key lies, with what held, what must happen.
STROKES = (
    ("french", "&", "Digit1", {}, "#preset-1"),
    ("french", "1", "Digit1", HELD, "#preset-1"),
    ("french", '"', "Digit3", {}, "#preset-3"),
    ("german", "1", "Digit1", {}, "#preset-1"),
    ("french", "?", "KeyM", HELD, "?"),
    ("german", "?", "Minus", HELD, "?"),
    ("portuguese", "?", "Minus", HELD, "?"),
    ("french", "m", "Semicolon", {}, "note"),
    ("german", "m", "KeyM", {}, "note"),
    ("german", "/", "Digit7", HELD, ""),
    ("portuguese", "/", "Digit7", HELD, ""),
    ("german", "z", "KeyY", {}, ""),
    ("french", ",", "KeyM", {}, ""),
    ("german", "1", "Digit1", {"isComposing": True}, ""),
    ("german", "1", "Digit1", {"altKey": True}, ""),
)


@pytest.fixture
def case(signed_in: Any, takeover: Any) -> Any:
    """The page of a case that Ada holds."""
    takeover("a-1")
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    return signed_in


def _happened(page: Any) -> str:
    """Return what the last press did, and take it back."""
    chosen = page.locator("[name=preset]:checked")
    preset = chosen.first.get_attribute("data-key") if chosen.count() else ""
    done = f"#preset-{preset}" if preset else ""
    if page.locator("dialog[open]").count():
        done = "?"
    elif page.evaluate("document.activeElement.id") == "note":
        done = "note"
    page.evaluate("document.querySelector('dialog[open]')?.close(); document.activeElement.blur()")
    page.evaluate("for (const one of document.querySelectorAll('[name=preset]')) one.checked = false")
    return done


def test_strokes_of_each_layout_do_what_they_say(case: Any) -> None:
    found = {}
    for layout, key, code, more, _ in STROKES:
        case.evaluate(PRESS, [key, code, more])
        found[layout, key, code, *more] = _happened(case)

    assert found == {(layout, key, code, *more): done for layout, key, code, more, done in STROKES}
    assert "/cases/" in case.url


def test_keys_rest_in_selects_and_dialogs(case: Any) -> None:
    case.keyboard.press("?")
    case.keyboard.press("1")
    case.keyboard.press("Escape")
    case.keyboard.press("p")
    case.locator("select").first.focus()
    case.evaluate(PRESS, ["1", "Digit1", {}])

    assert case.locator("[name=preset]:checked").count() == 0


def test_own_keys_work_and_are_shown(case: Any) -> None:
    from tscore.core import shortcuts
    from tscore.core.models import User

    shortcuts.save(User.objects.get(name="Ada"), mode="alt", own={"m": "w"})
    case.reload()

    case.evaluate(PRESS, ["1", "Digit1", {}])
    assert _happened(case) == ""
    case.evaluate(PRESS, ["¡", "Digit1", {"altKey": True}])
    assert _happened(case) == "#preset-1"
    case.keyboard.press("w")
    assert _happened(case) == "note"
    assert case.locator("label[for=note] kbd").inner_text() == "w"
    case.locator("[data-keys-open]").click()
    line = case.locator("[data-keys-list] li", has_text="Write a note")
    assert line.locator("kbd").all_inner_texts() == ["w"]
    assert case.locator("[data-keys-list] li", has_text="Skip").locator("kbd").all_inner_texts() == ["Alt", "n"]


def test_keys_switched_off_do_nothing_and_are_not_promised(case: Any) -> None:
    from tscore.core import shortcuts
    from tscore.core.models import User

    shortcuts.save(User.objects.get(name="Ada"), mode="off", own={})
    case.reload()

    case.evaluate(PRESS, ["1", "Digit1", {}])

    assert _happened(case) == ""
    assert case.locator("label[for=note] kbd").is_hidden()
    case.keyboard.press("Control+k")
    case.wait_for_selector("[data-palette][open]")
