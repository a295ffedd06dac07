"""`make shots`: takes the screenshots of the docs from the demo world that `make run` keeps in DATA.

It signs in as the demo's reviewer, takes the first case of an account, chooses what to decide, and gives the case back.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.browser import FLAGS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "img"
SIZE = {"width": 1440, "height": 900}


def main() -> int:
    """Write queue and workspace, light and dark, as PNG files."""
    demo = _demo()
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Debian's chromium: apt install chromium.")
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in ("light", "dark"):
            _take(browser, demo, scheme)
        browser.close()
    return 0


def _demo() -> dict[str, Any]:
    path = Path(os.environ.get("DATA", "var")) / "demo.json"
    if not path.exists():
        sys.exit(f"There is no {path}: start the demo with `make run` and leave it running.")
    return dict(json.loads(path.read_text()))


def _take(browser: Any, demo: dict[str, Any], scheme: str) -> None:
    context = browser.new_context(
        base_url=demo["base_url"], viewport=SIZE, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=1
    )
    page = context.new_page()
    _sign_in(page, next(user for user in demo["users"] if user["role"] == "reviewer"))
    page.goto("/queues/ato/")
    _shoot(page, f"queue-{scheme}")
    page.click("[data-row] a:not(:has-text('accounts share'))")  # an account of its own, not a ring
    page.wait_for_selector("#decide")
    page.keyboard.press("c")
    page.wait_for_selector("#decision")
    page.keyboard.press("1")
    page.wait_for_selector("#record .effect")
    _shoot(page, f"workspace-{scheme}")
    page.click("summary:text-is('More')")
    page.click("button:has-text('Give back to the queue')")
    page.wait_for_selector("h1:has-text('Account takeover')")
    context.close()


def _sign_in(page: Any, user: dict[str, str]) -> None:
    page.goto("/login/")
    page.fill("[name=username]", user["email"])
    page.fill("[name=password]", user["password"])
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("nav.rail")


def _shoot(page: Any, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the line of progress fades
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/img/{name}.png")  # noqa: T201  (a command's own words)


if __name__ == "__main__":
    sys.exit(main())
