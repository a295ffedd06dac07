"""What a caller that waits is told to do: the table from severity to verdict, and the bounds of waiting. Pure.

The thresholds stand here and nowhere else. They follow severity, because severity already holds score and money at
stake, and because a case of the same severity is what reviewers then see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from signals.enums import SEVERITY_RANK, Severity


class Advice(StrEnum):
    """What the caller is told, the mildest first."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


class AdviceBy(StrEnum):
    """Who says so: the detectors, or the caller's own default because they could not be heard in time."""

    DETECTORS = "detectors"
    DEFAULT = "default"


ADVICE: Final = {
    Severity.CRITICAL: Advice.BLOCK,
    Severity.HIGH: Advice.BLOCK,
    Severity.MEDIUM: Advice.REVIEW,
    Severity.LOW: Advice.ALLOW,
    Severity.INFO: Advice.ALLOW,
}

# How long a caller may wait, in milliseconds. Less than the least cannot even be stored in; who has more time than the
# most does not need an answer in the request.
LEAST_MS: Final = 20
USUAL_MS: Final = 200
MOST_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """A live signal that stands, as far as a verdict looks at it."""

    signal_id: int
    detector: str
    score: float
    severity: Severity
    reasons: list[dict[str, Any]]


def strongest_first(found: Sequence[Found]) -> list[Found]:
    """Put signals in the order in which they are answered: by severity, then score, then age."""
    return sorted(found, key=lambda one: (-SEVERITY_RANK[one.severity], -one.score, one.signal_id))


def advice(found: Sequence[Found]) -> Advice:
    """Return what the gravest signal asks for; without any signal the caller may go on."""
    gravest = max(found, key=lambda one: SEVERITY_RANK[one.severity], default=None)
    return ADVICE[gravest.severity] if gravest else Advice.ALLOW


def score(found: Sequence[Found]) -> float:
    """Return the highest score, nothing where no detector spoke."""
    return max((one.score for one in found), default=0.0)
