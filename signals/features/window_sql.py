"""The SQL of windows. Words come from declared features only, whose form was checked when they were declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from signals.features.spec import Aggregate, Feature, Type, Window
from signals.kinds import KINDS
from signals.models import Involvement

# One look into the index of involvements for each scored event; the figures are made where the facts are read.
STATEMENT = """
WITH scored AS MATERIALIZED (
  SELECT e.id, me.entity_id, e.occurred_at, e.observed_at, s.name AS source, e.external_id{own}
  FROM signals_involvement me
  JOIN signals_event e ON e.id = me.event_id
  JOIN signals_source s ON s.id = e.source_id
  WHERE me.event_id = ANY((SELECT %(ids)s::bigint[])::bigint[]) AND me.role = '{role}' AND e.kind IN ({on})
)
SELECT t.id, figures.*
FROM scored t CROSS JOIN LATERAL (
  SELECT {figures}
  FROM (
    SELECT i.event_id, i.role, i.kind, i.occurred_at, i.primary_id, i.actor_id, i.device_id, i.ip_id, i.card_id,
      i.amount_base_minor AS amount
    FROM signals_involvement i
    WHERE i.entity_id = t.entity_id AND i.role IN ({roles}) AND i.kind IN ({of})
      AND i.occurred_at > t.occurred_at - interval '{longest} seconds' AND i.occurred_at <= t.occurred_at
      AND i.observed_at <= t.observed_at AND (i.superseded_at IS NULL OR i.superseded_at > t.observed_at)
      AND CASE WHEN i.occurred_at = t.occurred_at THEN (
        SELECT os.name COLLATE "C" < t.source OR (os.name = t.source AND o.external_id COLLATE "C" < t.external_id)
        FROM signals_event o JOIN signals_source os ON os.id = o.source_id WHERE o.id = i.event_id
      ) ELSE true END
    ORDER BY i.occurred_at DESC LIMIT {cap}
  ) w{events}
) figures
"""


def statement(*, role: str, on: Sequence[str], features: Sequence[Feature], figures: Sequence[str], cap: int) -> str:
    """Write the statement that computes the figures for every scored event of a batch."""
    specs = [_window(feature) for feature in features]
    own = sorted({mine for spec in specs for _, mine in spec.same} | {name for spec in specs for name in spec.other})
    return STATEMENT.format(
        role=role,
        on=_listed(on),
        own="".join(f", (e.roles ->> '{name}')::bigint AS own_{name}" for name in own),
        figures=", ".join(f"{figure} AS f{number}" for number, figure in enumerate(figures)),
        roles=_listed({spec.as_role or role for spec in specs}),
        of=_listed({kind for spec in specs for kind in spec.of}),
        longest=_seconds(max(spec.window for spec in specs)),
        cap=cap,
        events=" JOIN signals_event o ON o.id = w.event_id" if any(map(needs_events, specs)) else "",
    )


def needs_events(spec: Window) -> bool:
    """Tell whether a window reads members that involvements do not copy."""
    members = {spec.distinct, *spec.other, *(theirs for theirs, _ in spec.same)} - {""}
    return bool(spec.present) or any(_copied(spec, member) is None for member in members)


def figure(feature: Feature) -> str:
    """Write the expression of one feature."""
    spec = _window(feature)
    plain = f"count(DISTINCT {_member(spec, spec.distinct)})" if spec.distinct else _FIGURES[spec.agg]
    kind = "float8" if feature.type is Type.DOUBLE else "bigint"
    filtered = f"({plain} FILTER (WHERE {_condition(feature)}))::{kind}"
    # Without a device of its own, an event has no "earlier with this device": absent, not zero.
    known = " AND ".join(f"t.own_{mine} IS NOT NULL" for _, mine in spec.same)
    return f"CASE WHEN {known} THEN {filtered} END" if known else filtered


def newest(feature: Feature, most: int) -> str:
    """Write the expression that lists the newest facts behind one feature."""
    counted = f"array_agg(w.event_id ORDER BY w.occurred_at DESC, w.event_id DESC) FILTER (WHERE {_condition(feature)})"
    return f"coalesce(({counted})[1:{most}], '{{}}')"


_FIGURES = {
    Aggregate.COUNT: "count(*)",
    Aggregate.SUM: "sum(w.amount)",
    Aggregate.AVG: "avg(w.amount)",
    Aggregate.MIN: "min(w.amount)",
    Aggregate.MAX: "max(w.amount)",
    Aggregate.STD: "stddev_samp(w.amount)",
    Aggregate.FIRST_AGE: "max(extract(epoch FROM t.occurred_at - w.occurred_at))",
    Aggregate.LAST_AGE: "min(extract(epoch FROM t.occurred_at - w.occurred_at))",
}


def _condition(feature: Feature) -> str:
    """Write which of the facts near the scored event one feature counts."""
    spec = _window(feature)
    parts = [
        f"w.kind IN ({_listed(spec.of)})",
        f"w.occurred_at > t.occurred_at - interval '{_seconds(spec.window)} seconds'",
        f"w.role = '{spec.as_role or feature.role}'",
        *(f"{_member(spec, theirs)} = t.own_{mine}" for theirs, mine in spec.same),
        *(f"{_member(spec, member)} IS DISTINCT FROM t.own_{member}" for member in spec.other),
        *(f"o.payload ? '{member}'" for member in spec.present),
    ]
    return " AND ".join(parts)


def _member(spec: Window, name: str) -> str:
    """Write where the entity that an earlier fact names in a member stands."""
    return _copied(spec, name) or f"(o.roles ->> '{name}')::bigint"


def _copied(spec: Window, name: str) -> str | None:
    """Return the column of involvements that holds a member for every kind of the window, if one does."""
    kinds = [KINDS[kind] for kind in spec.of]
    if all(kind.actor == name for kind in kinds):
        return "w.actor_id"
    if name in Involvement.COPIED:
        return f"w.{name}_id"
    # Where the first member may be missing, something else stands in as primary.
    if all(kind.primary == name and kind.by_name[name].required for kind in kinds):
        return "w.primary_id"
    return None


def _window(feature: Feature) -> Window:
    if feature.window is None:
        raise TypeError(f"{feature.name} has no window.")
    return feature.window


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(set(words)))
