"""What axe finds on the page that is open, in light and dark, wide to narrow."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

Looks = tuple[tuple[str, int], ...]

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW, HEIGHT = 320, 900
SIX_LOOKS: Final[Looks] = tuple((scheme, width) for scheme in ("light", "dark") for width in (1440, 1024, NARROW))
TWO_LOOKS: Final[Looks] = (("light", 1440), ("dark", NARROW))
WHOLE: Final = "document.documentElement.scrollHeight"
RUN: Final = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  .then(found => found.violations)"""


def violations(page: Any, looks: Looks) -> list[str]:
    """Return what axe finds in each scheme and width, and whether the page scrolls sideways."""
    page.evaluate(AXE)
    found = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        _resize(page, width)
        found += [f"{scheme} {width} {one}" for one in _faults(page)]
    return found


def _resize(page: Any, width: int) -> None:
    """Set the width; a narrow page is seen whole, so that its floating bar rests and lies over no link by chance."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    if width == NARROW:
        page.set_viewport_size({"width": width, "height": max(HEIGHT, page.evaluate(WHOLE))})


def _faults(page: Any) -> list[str]:
    found = page.evaluate(RUN, TAGS)
    faults = [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*faults, "scrolls sideways"] if is_wide else faults
