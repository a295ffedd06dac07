"""The best rising steps through weighed points: pool adjacent violators. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """A score, whether it was right (1 or 0), and how much that counts."""

    score: float
    truth: float
    weight: float = 1.0


class Steps(NamedTuple):
    """From `scores[i]` on, a score means `probabilities[i]`; the first of `scores` is 0."""

    scores: list[float]
    probabilities: list[float]


def fit(points: Iterable[Point]) -> Steps:
    """Return the rising steps nearest to the points; no step says never or always, which no sample can know."""
    blocks: list[list[float]] = []  # lowest score, weight, weight of those that were right
    for score, weight, right in _by_score(points):
        blocks.append([score, weight, right])
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][1] >= blocks[-1][2] * blocks[-2][1]:
            _, more, more_right = blocks.pop()
            blocks[-1][1] += more
            blocks[-1][2] += more_right
    total = sum(weight for _, weight, _ in blocks)
    margin = 0.5 / (total + 1)
    probabilities = [min(max(right / weight, margin), 1 - margin) for _, weight, right in blocks]
    return Steps([0.0, *(score for score, _, _ in blocks[1:])], probabilities)


def at(steps: Steps, score: float) -> float:
    """Return what a score means; the database's `width_bucket` says the same."""
    return steps.probabilities[max(0, sum(edge <= score for edge in steps.scores) - 1)]


def normalised(points: Sequence[Point]) -> list[Point]:
    """Return the points with weights of the same proportions whose mean is one."""
    mean = sum(point.weight for point in points) / max(1, len(points))
    return [point._replace(weight=point.weight / mean) for point in points]


def _by_score(points: Iterable[Point]) -> list[tuple[float, float, float]]:
    found: dict[float, list[float]] = {}
    for score, truth, weight in points:
        sums = found.setdefault(score, [0.0, 0.0])
        sums[0] += weight
        sums[1] += weight * truth
    return [(score, found[score][0], found[score][1]) for score in sorted(found)]
