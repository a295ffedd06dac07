"""What is odd about an ordered list of rules: rules that can never fit, and pairs whose order alone decides. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cases.services.rulebook import regions
from cases.services.rulebook.regions import Region
from cases.services.rulebook.rules import Rule

# A rule is cut by all earlier ones; where that leaves more pieces than this, it counts as reachable.
MOST_PIECES: Final = 2_000


class Oddity(StrEnum):
    """What kind of warning."""

    NEVER = "never"
    SHADOWED = "shadowed"
    CONFLICT = "conflict"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  (the word screens use; nobody raises it)
    """One thing to look at: the rule, by its place from 0, and the earlier rules it has to do with."""

    kind: Oddity
    place: int
    earlier: tuple[int, ...]
    sentence: str


def warnings(rules: Sequence[Rule], *, default_of: dict[str, int] | None = None) -> list[Warning]:
    """Return what is odd, in the order of the rules.

    * never: its own conditions contradict one another, or its queue's abuse type is another than it asks for;
    * shadowed: every case it could take is taken by earlier rules;
    * needless: it sends cases where they would go without it, and no later rule would take them;
    * conflict: it and an earlier rule both fit some cases, lead to different queues, and neither is an exception of
      the other, so that their order alone decides.
    """
    found: list[Warning] = []
    on = [(place, rule, regions.of_rule(rule)) for place, rule in enumerate(rules) if rule.is_on]
    for index, (place, rule, region) in enumerate(on):
        earlier = on[:index]
        if regions.is_empty(region):
            found.append(Warning(Oddity.NEVER, place, (), "can never fit: its conditions contradict one another"))
        elif is_covered(region, [before for _, _, before in earlier]):
            covers = tuple(at for at, _, before in earlier if not regions.is_empty(regions.both(region, before)))
            found.append(Warning(Oddity.SHADOWED, place, covers, f"is never reached: {_names(covers)} took it all"))
        else:
            found.extend(_conflicts(place, rule, region, earlier))
            found.extend(_needless(place, rule, region, on[index + 1 :], default_of or {}))
    return found


def is_covered(region: Region, by: Sequence[Region]) -> bool:
    """Tell whether every case of a region lies in one of the others; False where that is too costly to tell."""
    pieces = uncovered(region, by)
    return pieces is not None and not pieces


def uncovered(region: Region, by: Sequence[Region]) -> list[Region] | None:
    """Return what is left of a region outside the others, or None where it falls into too many pieces."""
    pieces = [region]
    for cut in by:
        if not regions.is_empty(cut):
            pieces = [piece for whole in pieces for piece in regions.without(whole, cut)]
        if len(pieces) > MOST_PIECES:
            return None
    return pieces


def _conflicts(place: int, rule: Rule, region: Region, earlier: Sequence[tuple[int, Rule, Region]]) -> list[Warning]:
    return [
        Warning(
            Oddity.CONFLICT,
            place,
            (at,),
            f"overlaps {_names((at,))}, which leads to another queue: where both fit, the earlier one wins",
        )
        for at, other, before in earlier
        if other.queue_id != rule.queue_id
        and not regions.is_empty(before)
        and not regions.is_empty(regions.both(region, before))
        and not is_covered(before, [region])
    ]


def _needless(
    place: int, rule: Rule, region: Region, later: Sequence[tuple[int, Rule, Region]], default_of: dict[str, int]
) -> list[Warning]:
    if default_of.get(rule.abuse_type) != rule.queue_id:
        return []
    if any(not regions.is_empty(regions.both(region, after)) for _, _, after in later):
        return []
    return [Warning(Oddity.NEEDLESS, place, (), "changes nothing: without it these cases go to the same queue")]


def _names(places: Sequence[int]) -> str:
    numbers = [str(place + 1) for place in places]
    return f"rule {numbers[0]}" if len(numbers) == 1 else f"rules {', '.join(numbers[:-1])} and {numbers[-1]}"
