"""The order of work in numbers: probability x stake x (1 + used share of the due time). Pure, and once more as SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from tscore.core import money

STEP = 0.25
MOST_USED = 2.0
FLOOR_MAJOR = 10

# The same arithmetic for whole batches; `opened`, `due` and `%(now)s` are instants. A test keeps the two alike.
USED_SQL = (
    "LEAST(2.0, floor(4 * GREATEST(0, extract(epoch FROM %(now)s - {opened}))"
    " / GREATEST(1, extract(epoch FROM {due} - {opened}))) / 4)"
)
RERANK_SQL = "CASE WHEN {used} < 2 THEN {opened} + ({due} - {opened}) * ({used} + 0.25) END"


def used_share(*, opened_at: datetime, due_at: datetime, now: datetime) -> float:
    """Return how much of the due time is used, in steps of a quarter, at most 2."""
    whole = max(1.0, (due_at - opened_at).total_seconds())
    used = max(0.0, (now - opened_at).total_seconds())
    return min(MOST_USED, math.floor(used / whole / STEP) * STEP)


def priority(*, probability: float, stake_minor: int, used: float) -> float:
    """Return the expected loss, growing with the time used."""
    return probability * stake_minor * (1 + used)


def next_step_at(*, opened_at: datetime, due_at: datetime, used: float) -> datetime | None:
    """Return when the used share grows next, or None where it has stopped growing."""
    return None if used >= MOST_USED else opened_at + (due_at - opened_at) * (used + STEP)


def due_at(*, opened_at: datetime, severity: str, due_minutes: Mapping[str, int]) -> datetime:
    """Return by when a case of this severity is promised to be decided."""
    minutes = due_minutes.get(severity, due_minutes["other"])
    return opened_at + timedelta(minutes=minutes)


def floor_minor() -> int:
    """Return the least stake of any case: ten major units of the base currency, in minor units."""
    return int(FLOOR_MAJOR * 10 ** money.exponent(settings.BASE_CURRENCY))
