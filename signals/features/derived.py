"""Features made of other features of the same event. Pure: the registry says which of which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from signals.features.batch import Scored
from signals.features.payment import STARTED
from signals.features.registry import FEATURES
from signals.features.spec import AMOUNT, Made, Value, Way

# A spread below this share of the average says only that somebody always bought the same thing.
LEAST_SPREAD_SHARE = 0.1


def values(event: Scored, known: dict[str, Value]) -> dict[str, Value]:
    """Compute what follows from the figures already known."""
    found: dict[str, Value] = {}
    if event.kind in STARTED and event.amount_base_minor is not None:
        found[AMOUNT] = event.amount_base_minor
    for name, made in _made(event.kind):
        parts = [found.get(part, known.get(part)) for part in made.of]
        value = None if None in parts else _value(made, parts)  # type: ignore[arg-type]
        if value is not None:
            found[name] = value
    return found


@cache
def _made(kind: str) -> tuple[tuple[str, Made], ...]:
    return tuple((feature.name, feature.made) for feature in FEATURES.values() if feature.made and kind in feature.on)


def _value(made: Made, parts: Sequence[Value]) -> Value | None:
    if made.way is Way.NONE_BEFORE:
        return not any(parts)
    first, usual = float(parts[0]), float(parts[1]) * made.share
    if not usual:
        return None
    if made.way is Way.RATIO:
        return first / usual
    return (first - usual) / max(float(parts[2]), LEAST_SPREAD_SHARE * usual)
