"""Dark from the first frame, light on paper, and large text that scrolls no page sideways."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.journeys import office

pytestmark = [pytest.mark.browser]
WIDE = """[...document.querySelectorAll('body *')]
  .filter((one) => !one.closest('.table-wrap *') && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.tagName}.${one.className}`).slice(-6)"""


def _mean(page: Any) -> float:
    """Return how light what is painted is, from 0 to 255."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L").resize((1, 1), Image.Resampling.BOX)
    return float(picture.getpixel((0, 0)))


@pytest.mark.parametrize(("theme", "system"), [("dark", "light"), ("system", "dark")])
def test_the_first_frame_is_dark(signed_in: Any, reviewer: Any, takeover: Any, theme: str, system: str) -> None:
    takeover("a-1")
    type(reviewer).objects.filter(pk=reviewer.pk).update(theme=theme)
    signed_in.emulate_media(color_scheme=system)
    held: list[Any] = []
    signed_in.route("**/*.js", lambda route: held.append(route))  # noqa: PLW0108
    signed_in.goto("/queues/ato/", wait_until="commit")
    signed_in.wait_for_selector("[data-row]")

    assert held, "the scripts were to be late"
    assert _mean(signed_in) < 60
    for route in held:
        route.continue_()
    signed_in.unroute_all()
    signed_in.wait_for_load_state()
    assert _mean(signed_in) < 60


def test_paper_is_light(signed_in: Any, reviewer: Any, takeover: Any) -> None:
    case = takeover("a-1")
    type(reviewer).objects.filter(pk=reviewer.pk).update(theme="dark")
    signed_in.emulate_media(media="print", color_scheme="dark")
    light = {}
    for address in (f"/cases/{case.ref}/", f"/cases/{case.ref}/print/", "/queues/ato/"):
        signed_in.goto(address)
        light[address] = _mean(signed_in) > 200

    assert set(light.values()) == {True}


def test_large_text_scrolls_no_page_sideways(office_page: Any, reviewer: Any) -> None:
    type(reviewer).objects.filter(pk=reviewer.pk).update(text_size="130")
    wide = []
    for name, address in {**office.lists(), **office.others()}.items():
        office_page.goto(address)
        for width in (1280, 320):
            office_page.set_viewport_size({"width": width, "height": 900})
            if over := office_page.evaluate("document.documentElement.scrollWidth - innerWidth"):
                wide.append(f"{name} {width}: {over} {office_page.evaluate(WIDE)}")

    assert office_page.evaluate("document.documentElement.dataset.text") == "130"
    assert "\n".join(wide) == ""
