"""Turn the window features of one entity role into one SQL statement over involvements.

An earlier fact counts if it occurred within the window before the scored event, or at the same time sorting before it
by `(source, id)`, and was current and observed by the instant at which the scored event was observed. So the answer is
the same whenever the question is put.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from signals.features.spec import Aggregate, Feature, Values, Window
from tscore.core import db

# Counts saturate here: the newest facts of an entity that one window looks at. It bounds the cost of a hub.
MOST_FACTS = 2000

STATEMENT = """
WITH scored AS MATERIALIZED (
  SELECT e.id, me.entity_id, e.occurred_at, e.observed_at, s.name AS source, e.external_id, e.roles
  FROM signals_involvement me
  JOIN signals_event e ON e.id = me.event_id
  JOIN signals_source s ON s.id = e.source_id
  WHERE me.event_id = ANY(%(ids)s) AND me.role = '{role}' AND e.kind IN ({on})
)
SELECT t.id, {columns}
FROM scored t LEFT JOIN LATERAL (
  SELECT {needed}
  FROM (
    SELECT i.event_id, i.role
    FROM signals_involvement i
    WHERE i.entity_id = t.entity_id AND i.role IN ({roles}) AND i.kind IN ({of})
      AND i.occurred_at > t.occurred_at - interval '{longest} seconds' AND i.occurred_at <= t.occurred_at
      AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
    ORDER BY i.occurred_at DESC, i.id DESC LIMIT {cap}
  ) near
  JOIN signals_event o ON o.id = near.event_id
  JOIN signals_source os ON os.id = o.source_id
  WHERE o.occurred_at < t.occurred_at
    OR os.name COLLATE "C" < t.source OR (os.name = t.source AND o.external_id COLLATE "C" < t.external_id)
) w ON true
GROUP BY t.id, t.entity_id
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Features that one statement answers: the same role of the scored event, computed for the same kinds."""

    role: str
    on: tuple[str, ...]
    features: tuple[Feature, ...]


def groups(features: Sequence[Feature]) -> list[Group]:
    """Sort window features into groups."""
    found: dict[tuple[str, tuple[str, ...]], list[Feature]] = defaultdict(list)
    for feature in features:
        if feature.window is not None:
            found[feature.role, feature.on].append(feature)
    return [Group(role, on, tuple(members)) for (role, on), members in found.items()]


def values(group: Group, event_ids: Sequence[int]) -> Values:
    """Compute the features of one group for a batch with one statement.

    Where an event names several entities in the role (the domains of a message), the largest value counts.
    """
    found: Values = {}
    names = [feature.name for feature in group.features]
    for event_id, *figures in db.rows(_statement(group), {"ids": list(event_ids)}):
        known = found.setdefault(event_id, {})
        for name, figure in zip(names, figures, strict=True):
            if figure is not None:
                known[name] = max(known[name], figure) if name in known else figure
    return found


def facts_behind(feature: Feature, event_ids: Sequence[int], *, most: int) -> dict[int, list[int]]:
    """Return the ids of the newest facts that a window feature counted, by scored event."""
    group = Group(feature.role, feature.on, (feature,))
    found: dict[int, list[int]] = {}
    for event_id, facts in db.rows(_evidence_statement(group, most), {"ids": list(event_ids)}):
        found.setdefault(event_id, []).extend(facts)
    return {event_id: facts[:most] for event_id, facts in found.items()}


@cache
def _statement(group: Group) -> str:
    return _filled(group, ", ".join(_column(feature) for feature in group.features))


@cache
def _evidence_statement(group: Group, most: int) -> str:
    (feature,) = group.features
    matched = _condition(feature)
    column = (
        f"coalesce((array_agg(w.id ORDER BY w.occurred_at DESC, w.id DESC) FILTER (WHERE {matched}))[1:{most}], '{{}}')"
    )
    return _filled(group, column)


def _filled(group: Group, columns: str) -> str:
    specs = [_window(feature) for feature in group.features]
    return STATEMENT.format(
        role=group.role,
        on=_listed(group.on),
        columns=columns,
        needed=", ".join(_needed(specs)),
        roles=_listed({spec.as_role or group.role for spec in specs}),
        of=_listed({kind for spec in specs for kind in spec.of}),
        longest=_seconds(max(spec.window for spec in specs)),
        cap=MOST_FACTS,
    )


def _column(feature: Feature) -> str:
    figure = f"{_figure(_window(feature))} FILTER (WHERE {_condition(feature)})"
    wrapped = f"({figure})::float8" if feature.type == "double" else f"({figure})::bigint"
    own = [f"bool_and(t.roles ? '{mine}')" for _, mine in _window(feature).same]
    return f"CASE WHEN {' AND '.join(own)} THEN {wrapped} END" if own else wrapped


_FIGURES = {
    Aggregate.COUNT: "count(w.id)",
    Aggregate.SUM: "sum(w.amount)",
    Aggregate.AVG: "avg(w.amount)",
    Aggregate.MIN: "min(w.amount)",
    Aggregate.MAX: "max(w.amount)",
    Aggregate.STD: "stddev_samp(w.amount)",
    Aggregate.LAST_AGE: "min(extract(epoch FROM t.occurred_at - w.occurred_at))",
}


def _figure(spec: Window) -> str:
    return f"count(DISTINCT w.member_{spec.distinct})" if spec.distinct else _FIGURES[spec.agg]


def _condition(feature: Feature) -> str:
    """Write which of the facts near the scored event one feature counts."""
    spec = _window(feature)
    parts = [
        f"w.kind IN ({_listed(spec.of)})",
        f"w.occurred_at > t.occurred_at - interval '{_seconds(spec.window)} seconds'",
        f"w.role = '{spec.as_role or feature.role}'",
        *(f"w.member_{theirs} = t.roles ->> '{mine}'" for theirs, mine in spec.same),
        *(f"w.member_{member} IS DISTINCT FROM t.roles ->> '{member}'" for member in spec.other),
        *(f"w.has_{member}" for member in spec.present),
    ]
    return " AND ".join(parts)


def _needed(specs: Sequence[Window]) -> list[str]:
    """Write the columns of earlier events that the windows read."""
    members = {spec.distinct for spec in specs} | {theirs for spec in specs for theirs, _ in spec.same}
    members |= {member for spec in specs for member in spec.other}
    columns = ["o.id", "o.kind", "o.occurred_at", "near.role"]
    columns += [f"o.roles ->> '{member}' AS member_{member}" for member in sorted(members - {""})]
    columns += [
        f"o.payload ? '{member}' AS has_{member}" for member in sorted({m for spec in specs for m in spec.present})
    ]
    if any(spec.agg in _AMOUNTS for spec in specs):
        columns.append("o.amount_base_minor AS amount")
    return columns


_AMOUNTS = frozenset({Aggregate.SUM, Aggregate.AVG, Aggregate.MIN, Aggregate.MAX, Aggregate.STD})


def _window(feature: Feature) -> Window:
    if feature.window is None:
        raise TypeError(f"{feature.name} has no window.")
    return feature.window


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _listed(words: Sequence[str] | set[str]) -> str:
    # Words of declared constants only; the form of each was checked when it was declared.
    return ", ".join(f"'{word}'" for word in sorted(set(words)))
