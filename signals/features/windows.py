"""Turn the window features of one entity role into one SQL statement over involvements.

An earlier fact counts if it occurred within the window before the scored event, or at the same time sorting before it
by `(source, id)`, and was current and observed by the instant at which the scored event was observed. So the answer is
the same whenever the question is put. Features that need more of the earlier events than involvements copy are kept in
a statement of their own, so that long windows over amounts and counts never look up events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from signals.features import window_sql
from signals.features.spec import Feature, Values
from tscore.core import db

# Counts saturate here: the newest facts of an entity that one window looks at. It bounds the cost of a hub.
MOST_FACTS = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """Features that one statement answers: the same role of the scored event, computed for the same kinds."""

    role: str
    on: tuple[str, ...]
    features: tuple[Feature, ...]


def groups(features: Sequence[Feature]) -> list[Group]:
    """Sort window features into groups."""
    found: dict[tuple[str, tuple[str, ...], bool], list[Feature]] = defaultdict(list)
    for feature in features:
        if feature.window is not None:
            found[feature.role, feature.on, window_sql.needs_events(feature.window)].append(feature)
    return [Group(role, on, tuple(members)) for (role, on, _), members in found.items()]


def values(group: Group, event_ids: Sequence[int]) -> Values:
    """Compute the features of one group for a batch with one statement.

    Where an event names several entities in the role (the domains of a message), the largest value counts.
    """
    found: Values = {}
    names = [feature.name for feature in group.features]
    for event_id, *figures in db.prepared(_statement(group), {"ids": db.array(event_ids)}):
        known = found.setdefault(event_id, {})
        for name, figure in zip(names, figures, strict=True):
            if figure is not None:
                known[name] = max(known[name], figure) if name in known else figure
    return found


def facts_behind(feature: Feature, event_ids: Sequence[int], *, most: int) -> dict[int, list[int]]:
    """Return the ids of the newest facts that a window feature counted, by scored event."""
    statement = _evidence_statement(Group(feature.role, feature.on, (feature,)), most)
    found: dict[int, list[int]] = {}
    for event_id, facts in db.prepared(statement, {"ids": db.array(event_ids)}):
        found.setdefault(event_id, []).extend(facts)
    return {event_id: facts[:most] for event_id, facts in found.items()}


@cache
def _statement(group: Group) -> str:
    return window_sql.statement(
        role=group.role,
        on=group.on,
        features=group.features,
        figures=[window_sql.figure(feature) for feature in group.features],
        cap=MOST_FACTS,
    )


@cache
def _evidence_statement(group: Group, most: int) -> str:
    figures = [window_sql.newest(group.features[0], most)]
    return window_sql.statement(role=group.role, on=group.on, features=group.features, figures=figures, cap=MOST_FACTS)
