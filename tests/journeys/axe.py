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
RUN: Final = """([runOnly, rules]) => axe.run(document, {runOnly, rules, resultTypes: ['violations'], preload: false})
  .then(found => found.violations)"""
ALL_RULES: Final = {"type": "tag", "values": TAGS}
TARGETS: Final = "target-size"
CONTRAST: Final = "color-contrast"  # two thirds of the time that axe takes


def violations(page: Any, looks: Looks, *, is_quick: bool = False) -> list[str]:
    """Return what axe finds in each scheme and width, and whether the page scrolls sideways.

    A quick look leaves out what takes long: contrasts, and the targets of narrow pages.
    """
    page.evaluate(AXE)
    found = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{scheme} {width} {one}" for one in _faults(page, is_narrow=width == NARROW, is_quick=is_quick)]
    return found


def _faults(page: Any, *, is_narrow: bool, is_quick: bool) -> list[str]:
    faults = _told(page, ALL_RULES, {CONTRAST: {"enabled": not is_quick}, TARGETS: {"enabled": not is_narrow}})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("scrolls sideways")
    return [*faults, *_small_targets(page)] if is_narrow and not is_quick else faults


def _small_targets(page: Any) -> list[str]:
    """See a narrow page whole, so that its floating bar rests and lies over no link by chance."""
    page.set_viewport_size({"width": NARROW, "height": max(HEIGHT, page.evaluate(WHOLE))})
    return _told(page, {"type": "rule", "values": [TARGETS]}, {})


def _told(page: Any, run_only: dict[str, Any], rules: dict[str, Any]) -> list[str]:
    found = page.evaluate(RUN, [run_only, rules])
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]
