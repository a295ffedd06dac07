"""What the scores of detectors have meant by labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from signals.models import Calibration


@dataclass(frozen=True, slots=True)
class Meaning:
    """The calibration of a detector that holds now: by how many labelled findings, and when it was fitted."""

    bad: int
    good: int
    fitted_at: datetime


def meanings(detectors: Iterable[str]) -> dict[str, Meaning]:
    """Return by detector name what holds now, in one statement; none where labels are too few."""
    found = Calibration.objects.filter(is_current=True, detector__name__in=set(detectors))
    rows = found.values_list("detector__name", "bad", "good", "fitted_at")
    return {name: Meaning(bad, good, fitted_at) for name, bad, good, fitted_at in rows}
