"""Routing rules as lines of a list, each with what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Queue
from cases.services import catalogue, routing_edits
from cases.services.rulebook.rules import Rule
from cases.services.rulebook.warnings import Oddity


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: `place` counts from 1; `warnings` are sentences that begin after the rule's name."""

    place: int
    rule: Rule
    queue: Queue
    is_first: bool
    is_last: bool
    is_dead: bool
    warnings: tuple[str, ...]


def lines(rules: Sequence[Rule]) -> list[RuleLine]:
    """Return the rules in their order; two look-ups at most, however many."""
    queues = catalogue.holding(rule.queue_id for rule in rules).queues
    odd = routing_edits.oddities(rules)
    dead = {one.place for one in odd if one.kind in (Oddity.NEVER, Oddity.SHADOWED)}
    return [
        RuleLine(
            place=place + 1,
            rule=rule,
            queue=queues[rule.queue_id],
            is_first=place == 0,
            is_last=place == len(rules) - 1,
            is_dead=place in dead,
            warnings=tuple(one.sentence for one in odd if one.place == place),
        )
        for place, rule in enumerate(rules)
    ]
