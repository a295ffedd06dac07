"""Hands on the keyboard: what journeys press, and how they see that no pointer was needed."""

from __future__ import annotations

import re
from typing import Any

from tests.journeys.scenes import begin

COUNT = """for (const kind of ["pointerdown", "pointermove", "mousedown", "touchstart", "wheel"])
  addEventListener(kind, () => pointed(kind), true);"""
TEXT = "(document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()"


def watch_pointer(page: Any) -> list[str]:
    """Return a list that receives every pointer event of every page shown from now on."""
    seen: list[str] = []
    page.expose_function("pointed", lambda kind: seen.append(kind))  # noqa: PLW0108  (playwright marks what it is given)
    page.add_init_script(COUNT)
    return seen


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other; `"g q"` is two."""
    for key in keys:
        for part in key.split(" "):
            page.keyboard.press(part)


def tab_to(page: Any, words: str, *, most: int = 60) -> None:
    """Press Tab until what has the focus begins with these words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(TEXT).startswith(words):
            return
    raise AssertionError(f"Tab does not come to {words!r}.")


def ref_of(page: Any) -> str:
    """Return the reference of the case in the address."""
    return str(re.search(r"C-\d+", page.url)[0])  # type: ignore[index]


def start(page: Any, address: str = "/queues/ato/") -> str:
    """Take the next case of a queue; return its reference."""
    page.goto(address)
    begin(page)
    return ref_of(page)


def moves_on(page: Any, ref: str, *keys: str) -> str:
    """Press keys that bring another case, wait until it stands, and return its reference."""
    press(page, *keys)
    page.wait_for_url(lambda url: not url.endswith(f"/{ref}/"))
    page.wait_for_selector("#decision")
    page.wait_for_selector("#rest:not([hx-get])")
    return ref_of(page)
