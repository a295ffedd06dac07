"""How much of all traffic is bad, from what was drawn of it: a stratified estimate with its 95 % interval. Pure.

Within a stratum each event is drawn with the same probability, so the Horvitz–Thompson estimate is the mean of the
strata's rates, each weighed by its share of the traffic. Its interval reaches as far as the wider of two: Wilson's
intervals of the strata put together by the distances of their ends (MOVER: Zou, Huang and Zhang 2009), which knows
that strata differ, and Wilson's interval of the simple sample with the same weights (Kish), which does not break where
strata have a few judged events each. With few and rare findings neither shrinks to nothing; what has been judged
completely is no guess and takes no part in either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum: its size, how many of it were drawn and judged, how many of those were found bad.

    Both may be fractions, where draws of several days count unlike each other.
    """

    population: int
    judged: float
    bad: float

    @property
    def spread(self) -> float:
        """Return 1 / n with the correction for a part of a finite whole: 0 once all is judged."""
        return max(0.0, self.population - self.judged) / max(1, self.population - 1) / self.judged


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of the traffic with its interval; `covered` says what part of the traffic the judged strata are."""

    share: float
    low: float
    high: float
    covered: float


def prevalence(parts: Sequence[Part]) -> Estimate | None:
    """Return the estimated share of bad events, or None where nothing is judged.

    Strata of which nothing is judged are taken to be like the others; `covered` says how much is judged at all.
    """
    known = [part for part in parts if part.judged and part.population]
    if not known:
        return None
    whole, size = sum(part.population for part in parts), sum(part.population for part in known)
    weighed = [(part.population / size, part) for part in known]
    share = sum(weight * part.bad / part.judged for weight, part in weighed)
    ends = (_joined(share, weighed), _wilson(share, sum(weight**2 * part.spread for weight, part in weighed)))
    return Estimate(
        share=share,
        low=max(0.0, min(low for low, _ in ends)),
        high=min(1.0, max(high for _, high in ends)),
        covered=size / whole,
    )


def _joined(share: float, weighed: Sequence[tuple[float, Part]]) -> tuple[float, float]:
    below = above = 0.0
    for weight, part in weighed:
        rate = part.bad / part.judged
        low, high = _wilson(rate, part.spread)
        below += (weight * (rate - low)) ** 2
        above += (weight * (high - rate)) ** 2
    return share - math.sqrt(below), share + math.sqrt(above)


def _wilson(rate: float, spread: float) -> tuple[float, float]:
    """Return the ends of Wilson's interval of a rate among 1 / `spread` independent events."""
    square = Z * Z * spread
    centre = (rate + square / 2) / (1 + square)
    half = math.sqrt(max(0.0, rate * (1 - rate)) * square + square * square / 4) / (1 + square)
    return centre - half, centre + half
