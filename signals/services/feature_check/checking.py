"""Compute logged values again and say how many differ, and why: there must be none without a reason."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from signals.features import compute
from signals.features.spec import Value, Values
from signals.services.feature_check import reasons
from tscore.core.db import array, rows

AT_ONCE: Final = 500
DRAWS: Final = 20  # rounds in which ids are drawn; ids that were drawn for nothing leave gaps

SCORED_SQL: Final = """
SELECT id, features FROM signals_event WHERE id = ANY((SELECT %s::bigint[])::bigint[])
  AND features IS NOT NULL AND feature_version = %s ORDER BY id"""


@dataclass(slots=True)
class Outcome:
    """How many points (events with all their values) were checked, differ, and why.

    A point counts as `late` or `erased` if that explains every value that differs; `unexplained` names the others.
    """

    checked: int = 0
    values: int = 0
    differing: int = 0
    late: int = 0
    erased: int = 0
    unexplained: dict[int, list[str]] = field(default_factory=dict)


def check(*, sample: int, seed: str = "") -> Outcome:
    """Rebuild the values of some scored events, drawn by the seed; those logged by other definitions are left out."""
    outcome = Outcome()
    for logged in _drawn(sample, random.Random(seed or None)):
        _compare(logged, outcome)
    return outcome


def _drawn(sample: int, dice: random.Random) -> Iterator[Values]:
    """Yield logged values of up to so many events in pieces, no event twice."""
    [(last,)] = rows("SELECT coalesce(max(id), 0) FROM signals_event")
    seen: set[int] = set()
    left = sample
    for _ in range(DRAWS * (sample // AT_ONCE + 1)):
        if not left or len(seen) == last:
            return
        drawn = _unseen(last, seen, dice)
        seen.update(drawn)
        found = rows(SCORED_SQL, [array(sorted(drawn)), compute.FEATURE_VERSION])[:left]
        left -= len(found)
        yield {pk: msgspec.json.decode(features) for pk, features in found}


def _unseen(last: int, seen: set[int], dice: random.Random) -> Sequence[int]:
    """Draw ids that were not drawn before."""
    if last - len(seen) <= 4 * AT_ONCE:
        rest = [pk for pk in range(1, last + 1) if pk not in seen]
        return dice.sample(rest, min(AT_ONCE, len(rest)))
    return [pk for pk in {dice.randint(1, last) for _ in range(AT_ONCE)} if pk not in seen]


def _compare(logged: Values, outcome: Outcome) -> None:
    rebuilt = compute.values(event_ids=sorted(logged)) if logged else {}
    different = {pk: names for pk in logged if (names := _differing(logged[pk], rebuilt[pk]))}
    late = reasons.came_late(different)
    gone = reasons.erased(different)
    outcome.checked += len(logged)
    outcome.values += sum(map(len, rebuilt.values()))
    outcome.differing += len(different)
    for pk, names in different.items():
        by_fact, by_text = late.get(pk, frozenset()), gone.get(pk, frozenset())
        if names <= by_fact:
            outcome.late += 1
        elif names <= by_fact | by_text:
            outcome.erased += 1
        else:
            outcome.unexplained[pk] = sorted(names - by_fact - by_text)


def _differing(logged: dict[str, Value], rebuilt: dict[str, Value]) -> frozenset[str]:
    return frozenset(name for name in logged.keys() | rebuilt.keys() if logged.get(name) != rebuilt.get(name))
