"""A rule as a value: its conditions checked and written out, and whether it fits the facts of a case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cases.services.rulebook.attributes import ATTRIBUTES, OPERATORS, Shape
from tscore.core.errors import FieldProblem, Invalid

Value = str | float | tuple[str, ...]
Fact = str | float | frozenset[str] | None
Facts = Mapping[str, Fact]

MOST_CONDITIONS: Final = 8
MOST_WORDS: Final = 20
_COLUMN: Final = 64


class BadRule(Invalid):
    """This rule cannot be read. Look at the marked fields."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One question to a case. The value is a word, a number, or words for operators that take many."""

    attribute: str
    operator: str
    value: Value

    def __str__(self) -> str:
        value = ", ".join(self.value) if isinstance(self.value, tuple) else self.value
        shown = f"{value:g}" if isinstance(value, float) else value.replace("_", " ")
        return f"{ATTRIBUTES[self.attribute].label} {OPERATORS[self.operator].label} {shown}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the ordered list. `id` is 0 for a rule that is not stored; all conditions must hold."""

    id: int
    name: str
    queue_id: int
    abuse_type: str
    conditions: tuple[Condition, ...]
    is_on: bool = True

    @property
    def sentence(self) -> str:
        """Say the conditions in words."""
        return " and ".join(str(condition) for condition in self.conditions) or "always"


def read(rows: Iterable[Sequence[object]]) -> tuple[Condition, ...]:
    """Return stored or typed conditions as values.

    Raises:
        BadRule: naming each row (`conditions/<index>`) that is not a question of the table.
    """
    found, problems = [], []
    for index, row in enumerate(rows):
        try:
            found.append(_condition(*(_text(part) for part in row)))
        except (ValueError, TypeError) as error:
            problems.append(FieldProblem(f"conditions/{index}", "invalid", str(error)))
    if len(found) + len(problems) > MOST_CONDITIONS:
        problems.append(FieldProblem("conditions", "too_many", f"At most {MOST_CONDITIONS} conditions."))
    if problems:
        raise BadRule(fields=problems)
    return tuple(found)


def written(conditions: Iterable[Condition]) -> list[list[object]]:
    """Return conditions as JSON stores them."""
    return [[one.attribute, one.operator, list(one.value) if isinstance(one.value, tuple) else one.value]
            for one in conditions]  # fmt: skip


def first_match(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """Return the first rule that is on, leads to a queue of the case's abuse type and fits; None means the default."""
    return next((rule for rule in rules if fits(rule, facts)), None)


def fits(rule: Rule, facts: Facts) -> bool:
    """Tell whether a rule takes a case with these facts."""
    return (
        rule.is_on
        and rule.abuse_type == facts["abuse_type"]
        and all(holds(condition, facts[condition.attribute]) for condition in rule.conditions)
    )


def holds(condition: Condition, fact: Fact) -> bool:
    """Tell whether one condition holds. What is not known is no word and no number: only `is not` questions hold."""
    match condition.operator, condition.value:
        case (("is" | "in"), value):
            return fact is not None and fact in _words(value)
        case (("is_not" | "not_in"), value):
            return fact is None or fact not in _words(value)
        case "contains", str(word):
            return isinstance(fact, frozenset) and word in fact
        case "lacks", str(word):
            return not (isinstance(fact, frozenset) and word in fact)
        case operator, (str() | float()) as limit:
            return _compares(ATTRIBUTES[condition.attribute].words, operator, limit, fact)
    return False


def moved(rules: Sequence[Rule], *, rule_id: int, steps: int) -> list[Rule]:
    """Return the rules with one of them so many places further down (up, if negative), within the list."""
    order = list(rules)
    place = next(index for index, rule in enumerate(order) if rule.id == rule_id)
    rule = order.pop(place)
    order.insert(max(0, place + steps), rule)
    return order


def switched(rules: Sequence[Rule], *, rule_id: int, is_on: bool) -> list[Rule]:
    """Return the rules with one of them on or off."""
    return [replace(rule, is_on=is_on) if rule.id == rule_id else rule for rule in rules]


def _compares(steps: tuple[str, ...], operator: str, limit: str | float, fact: Fact) -> bool:
    if isinstance(limit, str):
        if not isinstance(fact, str) or fact not in steps:
            return False
        place, edge = float(steps.index(fact)), float(steps.index(limit))
    else:
        if not isinstance(fact, int | float):
            return False
        place, edge = float(fact), limit
    return place >= edge if operator == "at_least" else place <= edge


def _words(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _text(part: object) -> str:
    return ",".join(str(word) for word in part) if isinstance(part, list | tuple) else str(part)


def _condition(attribute: str, operator: str, value: str) -> Condition:
    asked, way = ATTRIBUTES.get(attribute), OPERATORS.get(operator)
    if asked is None or way is None:
        raise ValueError("Choose an attribute and an operator.")
    if asked.shape not in way.shapes:
        raise ValueError(f"“{way.label}” does not fit {asked.label}.")
    if asked.shape is Shape.NUMBER:
        return Condition(attribute, operator, _number(value))
    words = tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    if not words or len(words) > (MOST_WORDS if way.many else 1):
        raise ValueError(f"Give up to {MOST_WORDS} words, parted by commas." if way.many else "Give one word.")
    strange = [word for word in words if len(word) > _COLUMN or (asked.words and word not in asked.words)]
    if strange:
        raise ValueError(
            f"{strange[0][:_COLUMN]} is none of: {', '.join(asked.words)}." if asked.words else "Too long."
        )
    return Condition(attribute, operator, words if way.many else words[0])


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError("Give a number.") from None
    if not math.isfinite(number):
        raise ValueError("Give a finite number.")
    return number
