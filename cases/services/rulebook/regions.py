"""Which cases a rule can take, as a region: one set for each attribute it asks about. Pure set algebra.

A set of words that are many or open is kept as what it leaves out. Numbers are stretches between cuts: a cut
`(5, 0)` lies just below 5, `(5, 1)` just above. An attribute that may be unknown holds `None` beside its values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from cases.services.rulebook.attributes import ATTRIBUTES, Shape
from cases.services.rulebook.rules import Condition, Facts, Rule

Cut = tuple[float, int]
Stretch = tuple[Cut, Cut]
_LEAST: Final[Cut] = (-math.inf, 0)
_MOST: Final[Cut] = (math.inf, 1)


@dataclass(frozen=True, slots=True)
class Words:
    """Some words, or (`others`) all but some; `None` stands for not known and `universe` closes the list."""

    listed: frozenset[str | None]
    others: bool
    universe: frozenset[str | None] | None = None

    def is_empty(self) -> bool:
        """Tell whether no word is left."""
        return not (self._members() if self.universe else self.listed or self.others)

    def both(self, other: Words) -> Words:
        """Return what is in both."""
        if self.others and other.others:
            return Words(self.listed | other.listed, True, self.universe)
        if self.others or other.others:
            kept, left_out = (other, self) if self.others else (self, other)
            return Words(kept.listed - left_out.listed, False, self.universe)
        return Words(self.listed & other.listed, False, self.universe)

    def without(self, other: Words) -> Words:
        """Return what is here and not there."""
        return self.both(Words(other.listed, not other.others, self.universe))

    def example(self) -> str | None:
        """Return one member."""
        if self.universe:
            return min(self._members(), key=str)
        if not self.others:
            return min(self.listed, key=str)
        return None if None not in self.listed else next(
            word for word in (f"other-{number}" for number in range(len(self.listed) + 1)) if word not in self.listed
        )  # fmt: skip

    def _members(self) -> frozenset[str | None]:
        whole = self.universe or frozenset()
        return whole - self.listed if self.others else whole & self.listed


@dataclass(frozen=True, slots=True)
class Numbers:
    """Stretches of numbers in order, and whether not knowing the number is among them."""

    stretches: tuple[Stretch, ...]
    unknown: bool

    def is_empty(self) -> bool:
        """Tell whether nothing is left."""
        return not self.stretches and not self.unknown

    def both(self, other: Numbers) -> Numbers:
        """Return what is in both."""
        met = [
            (max(one[0], two[0]), min(one[1], two[1]))
            for one in self.stretches
            for two in other.stretches
            if max(one[0], two[0]) < min(one[1], two[1])
        ]
        return Numbers(tuple(sorted(met)), self.unknown and other.unknown)

    def without(self, other: Numbers) -> Numbers:
        """Return what is here and not there."""
        edges = [_LEAST, *(cut for stretch in other.stretches for cut in stretch), _MOST]
        gaps = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
        return self.both(Numbers(tuple(gaps), not other.unknown))

    def example(self) -> float | None:
        """Return one member."""
        if not self.stretches:
            return None
        (low, above), (high, upto) = self.stretches[0]
        if low == -math.inf:
            return 0.0 if high == math.inf else high - (0 if upto else 1)
        if not above:
            return low
        return low + 1 if high == math.inf else (low + high) / 2 if low < high else high


Part = Words | Numbers
Region = dict[str, Part]


def of_rule(rule: Rule) -> Region:
    """Return the cases a rule can take; attributes it does not ask about are left out."""
    region: Region = {"abuse_type": Words(frozenset({rule.abuse_type}), others=False)}
    for condition in rule.conditions:
        name, part = _part(condition)
        region[name] = _both(region[name], part) if name in region else part
    return region


def is_empty(region: Region) -> bool:
    """Tell whether no case can lie in a region."""
    return any(part.is_empty() for part in region.values())


def both(one: Region, two: Region) -> Region:
    """Return what lies in both regions."""
    return {name: _both(one.get(name) or whole(name), two.get(name) or whole(name)) for name in {**one, **two}}


def without(region: Region, cut: Region) -> list[Region]:
    """Return what is left of a region outside another, as regions that do not overlap."""
    left, rest = [], dict(region)
    for name, part in cut.items():
        here = rest.get(name) or whole(name)
        outside = _without(here, part)
        if not outside.is_empty():
            left.append({**rest, name: outside})
        rest[name] = _both(here, part)
        if rest[name].is_empty():
            break
    return left


def whole(name: str) -> Part:
    """Return everything an attribute may be; `detector:x` is the question whether detector x is among them."""
    base, _, member = name.partition(":")
    attribute = ATTRIBUTES[base]
    if member:
        return Words(frozenset(), others=True, universe=frozenset({"yes", "no"}))
    if attribute.shape is Shape.NUMBER:
        return Numbers(((_LEAST, _MOST),), unknown=True)
    return Words(frozenset(), others=True, universe=frozenset(attribute.words) or None)


def example(region: Region) -> Facts:
    """Return the facts of one case that lies in a region which is not empty."""
    facts: dict[str, str | float | frozenset[str] | None] = {}
    for name, attribute in ATTRIBUTES.items():
        if attribute.shape is Shape.WORDS:
            asked = {key.partition(":")[2]: part for key, part in region.items() if key.startswith(f"{name}:")}
            facts[name] = frozenset(word for word, part in asked.items() if part.example() == "yes")
        else:
            facts[name] = (region.get(name) or whole(name)).example()
    return facts


def _part(condition: Condition) -> tuple[str, Part]:
    name, operator, value = condition.attribute, condition.operator, condition.value
    attribute = ATTRIBUTES[name]
    if attribute.shape is Shape.WORDS:
        wanted = frozenset[str | None]({"yes" if operator == "contains" else "no"})
        key = f"{name}:{value}"
        return key, _both(whole(key), Words(wanted, others=False))
    if isinstance(value, float):
        low, high = ((value, 0), _MOST) if operator == "at_least" else (_LEAST, (value, 1))
        return name, Numbers(((low, high),), unknown=False)
    return name, _both(whole(name), _words(operator, value, attribute.words))


def _words(operator: str, value: str | tuple[str, ...], steps: tuple[str, ...]) -> Words:
    if operator in ("at_least", "at_most"):
        place = steps.index(str(value))
        chosen = steps[place:] if operator == "at_least" else steps[: place + 1]
        return Words(frozenset(chosen), others=False)
    listed = frozenset[str | None](value if isinstance(value, tuple) else (value,))
    return Words(listed, others=operator in ("is_not", "not_in"))


def _both(one: Part, two: Part) -> Part:
    if isinstance(one, Words) and isinstance(two, Words):
        return one.both(two)
    assert isinstance(one, Numbers) and isinstance(two, Numbers)
    return one.both(two)


def _without(one: Part, two: Part) -> Part:
    if isinstance(one, Words) and isinstance(two, Words):
        return one.without(two)
    assert isinstance(one, Numbers) and isinstance(two, Numbers)
    return one.without(two)
