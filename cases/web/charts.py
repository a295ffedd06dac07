"""Bars as an SVG drawn by the server: no script, no style of its own, and the table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 140
_GAP: Final = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the units of the drawing, with the words its title says."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of up to two series, side by side; `top` is the value of the upper edge."""

    first: list[Bar]
    second: list[Bar]
    top: float
    width: int = WIDTH
    height: int = HEIGHT


def bars(labels: Sequence[str], *series: tuple[str, Sequence[float]]) -> Chart:
    """Return the drawing of one or two series over the same labels."""
    top = max((value for _, values in series for value in values), default=0.0) or 1.0
    step = WIDTH / max(1, len(labels))
    width = (step - _GAP) / len(series)
    drawn = [
        [_bar(step * place + width * turn, width, value / top, f"{label}: {name} {value:g}")
         for place, (label, value) in enumerate(zip(labels, values, strict=True))]
        for turn, (name, values) in enumerate(series)
    ]  # fmt: skip
    return Chart(drawn[0], drawn[1] if len(drawn) > 1 else [], top)


def _bar(x: float, width: float, share: float, title: str) -> Bar:
    height = round(HEIGHT * share, 1)
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(width, 1), height, title)
