"""`make shots`: takes the screenshots of the docs from the demo world that `make run` keeps in DATA.

Queue and workspace for the README, where the demo's reviewer takes a case, chooses what to decide and gives it back;
then every page of `tests.pages` for docs/screens, each as the first of the demo's people who may open it.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.browser import FLAGS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SIZE = {"width": 1440, "height": 900}
SCHEMES = ("light", "dark")
COLOURS = 128
ROLES = ("lead", "analyst", "admin", "auditor", "")  # the last has not signed in


def main() -> int:
    """Write all pictures as PNG files, and the page that shows those of docs/screens."""
    demo = _demo()
    chromium = shutil.which("chromium") or sys.exit("Screenshots need Debian's chromium: apt install chromium.")
    from playwright.sync_api import sync_playwright

    addresses = _addresses(demo)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in SCHEMES:
            _work(_enter(browser, demo, "reviewer", scheme), scheme)
            _screens([_enter(browser, demo, role, scheme) for role in ROLES], scheme, addresses)
        browser.close()
    _write_index(addresses)
    return 0


def _demo() -> dict[str, Any]:
    path = Path(os.environ.get("DATA", "var")) / "demo.json"
    if not path.exists():
        sys.exit(f"There is no {path}: start the demo with `make run` and leave it running.")
    return dict(json.loads(path.read_text()))


def _addresses(demo: dict[str, Any]) -> dict[str, str]:
    """Return the address of each page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
    import django

    django.setup()
    from tests import pages

    _complete(next(user["email"] for user in demo["users"] if user["role"] == "lead"))
    return pages.addresses()


def _complete(email: str) -> None:
    """Let the demo's lead make one of each thing that nobody made so far, as they would over a week."""
    from django.conf import settings
    from django.utils import timezone

    from cases.models import SavedView
    from tests.journeys import world
    from tscore.core.models import User

    if not SavedView.objects.exists():
        world.keep(User.objects.get(email=email), settings.DATA, now=timezone.now())


def _enter(browser: Any, demo: dict[str, Any], role: str, scheme: str) -> Any:
    context = browser.new_context(
        base_url=demo["base_url"], viewport=SIZE, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=1
    )
    page = context.new_page()
    if role:
        _sign_in(page, next(user for user in demo["users"] if user["role"] == role))
    return page


def _sign_in(page: Any, user: dict[str, str]) -> None:
    page.goto("/login/")
    page.fill("[name=username]", user["email"])
    page.fill("[name=password]", user["password"])
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("nav.rail")


def _work(page: Any, scheme: str) -> None:
    page.goto("/queues/ato/")
    _shoot(page, DOCS / "img" / f"queue-{scheme}.png")
    page.click("[data-row] a:not(:has-text('accounts share'))")  # an account of its own, not a ring
    page.wait_for_selector("#decide")
    page.keyboard.press("c")
    page.wait_for_selector("#decision")
    page.keyboard.press("1")
    page.wait_for_selector("#record .effect")
    _shoot(page, DOCS / "img" / f"workspace-{scheme}.png")
    page.click("summary:text-is('More')")
    page.click("button:has-text('Give back to the queue')")
    page.wait_for_selector("h1:has-text('Account takeover')")


def _screens(people: list[Any], scheme: str, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for page in people:
            shown = page.goto(address)
            if name == "not found" or (shown.ok and page.url.endswith(address)):
                _shoot(page, DOCS / "screens" / _file(name, scheme))
                break
        else:
            sys.exit(f"Nobody may open {address}.")


def _file(name: str, scheme: str) -> str:
    return f"{name.partition(':')[2] or name.replace(', ', '-').replace(' ', '-')}-{scheme}.png"


def _shoot(page: Any, path: Path) -> None:
    from PIL import Image

    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the line of progress fades
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # A screen has few colours: a palette takes a third of the room and looks the same.
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT))  # noqa: T201  (a command's own words)


def _write_index(addresses: dict[str, str]) -> None:
    """Write the page that shows every screen beside its twin."""
    rows = [f"| {name.partition(':')[2] or name} | {_pictures(name)} |" for name in addresses]
    head = "# Screens\n\nEvery page of the demo world, light and dark, 1440 × 900; `make shots` takes them anew.\n"
    table = "\n".join(["| page | light | dark |", "|---|---|---|", *rows])
    (DOCS / "screens" / "README.md").write_text(f"{head}\n{table}\n")


def _pictures(name: str) -> str:
    return " | ".join(f"![{scheme}]({_file(name, scheme)})" for scheme in SCHEMES)


if __name__ == "__main__":
    sys.exit(main())
