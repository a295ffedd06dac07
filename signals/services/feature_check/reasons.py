"""Why a logged value may differ from a rebuilt one: a fact came after scoring, or a text is no longer kept.

Each statement looks where the feature itself looks, neither further nor longer: a hub that is always busy explains
nothing about another entity. A fact came late if it, or the revision that replaced it, was received after scoring, or
so shortly before that it may have been on its way into the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from signals.features import windows
from signals.features.registry import FEATURES
from signals.features.windows import Group
from tscore.core.db import array, rows

ON_ITS_WAY: Final = timedelta(seconds=60)
Different = Mapping[int, frozenset[str]]  # event id -> names of features that differ

# {fact} is the alias of an event known by the instant `t.observed_at`.
CAME_LATE: Final = """({fact}.received_at > t.scored_at - %(on_its_way)s OR EXISTS (
  SELECT FROM signals_event n WHERE n.source_id = {fact}.source_id AND n.external_id = {fact}.external_id
    AND n.observed_at > {fact}.observed_at AND n.observed_at <= t.observed_at
    AND n.received_at > t.scored_at - %(on_its_way)s))"""

SCORED: Final = "SELECT DISTINCT t.id FROM signals_event t"
ASKED: Final = "WHERE t.id = ANY((SELECT %(ids)s::bigint[])::bigint[])"

WINDOW_SQL: Final = f"""
{SCORED} JOIN signals_involvement me ON me.event_id = t.id AND me.role = %(role)s
{ASKED} AND EXISTS (
  SELECT FROM signals_involvement i JOIN signals_event o ON o.id = i.event_id
  WHERE i.entity_id = me.entity_id AND i.role = ANY(%(roles)s) AND i.kind = ANY(%(of)s)
    AND i.occurred_at > t.occurred_at - %(longest)s AND i.occurred_at <= t.occurred_at
    AND i.observed_at <= t.observed_at AND {CAME_LATE.format(fact="o")})"""

BURST_SQL: Final = f"""
{SCORED} JOIN signals_event f ON f.kind = 'login.failed' AND f.source_id = t.source_id
  AND f.occurred_at > t.occurred_at - interval '10 minutes' AND f.occurred_at <= t.occurred_at
  AND f.observed_at <= t.observed_at
{ASKED} AND ({CAME_LATE.format(fact="f")} OR EXISTS (
  SELECT FROM signals_involvement i JOIN signals_involvement e ON e.entity_id = i.entity_id
  JOIN signals_event o ON o.id = e.event_id
  WHERE i.event_id = f.id AND i.role = 'ip' AND e.occurred_at <= f.occurred_at - interval '1 hour'
    AND e.observed_at <= f.observed_at AND o.received_at > t.scored_at - %(on_its_way)s))"""

DELAYED_SQL: Final = f"""
{SCORED} JOIN signals_involvement me ON me.event_id = t.id AND me.role = 'seller'
JOIN signals_involvement i ON i.entity_id = me.entity_id AND i.role = 'seller' AND i.kind LIKE 'payment.%%'
  AND i.occurred_at > t.occurred_at - interval '30 days' AND i.occurred_at <= t.occurred_at
  AND i.observed_at <= t.observed_at
JOIN signals_event o ON o.id = i.event_id
{ASKED} AND ({CAME_LATE.format(fact="o")} OR EXISTS (
  SELECT FROM signals_label l LEFT JOIN signals_label n ON n.supersedes_id = l.id AND n.known_at <= t.observed_at
  WHERE l.event_id = o.id AND l.known_at <= t.observed_at
    AND greatest(l.recorded_at, n.recorded_at) > t.scored_at - %(on_its_way)s))"""

DISPUTES_SQL: Final = f"""
{SCORED} JOIN signals_involvement me ON me.event_id = t.id AND me.role = 'payment'
JOIN signals_involvement p ON p.entity_id = me.entity_id AND p.role = 'payment' AND p.observed_at <= t.observed_at
JOIN signals_involvement payer ON payer.event_id = p.event_id AND payer.role IN ('buyer', 'card')
JOIN signals_involvement i ON i.entity_id = payer.entity_id AND i.role = payer.role AND i.kind LIKE 'payment.%%'
  AND i.occurred_at > t.occurred_at - interval '360 days' AND i.occurred_at <= t.occurred_at
  AND i.observed_at <= t.observed_at
JOIN signals_involvement d ON d.entity_id = i.primary_id AND d.role = 'payment' AND d.observed_at <= t.observed_at
JOIN signals_event o ON o.id IN (p.event_id, i.event_id, d.event_id)
{ASKED} AND {CAME_LATE.format(fact="o")}"""

# The event's own text, or one of its sender's in the day before.
ERASED_SQL: Final = f"""
{SCORED} {ASKED} AND (NOT EXISTS (SELECT FROM signals_personaltext x WHERE x.event_id = t.id) OR EXISTS (
  SELECT FROM signals_involvement me JOIN signals_involvement i ON i.entity_id = me.entity_id AND i.role = me.role
    AND i.kind = t.kind AND i.occurred_at > t.occurred_at - interval '1 day' AND i.occurred_at <= t.occurred_at
  WHERE me.event_id = t.id AND me.role = 'sender'
    AND NOT EXISTS (SELECT FROM signals_personaltext x WHERE x.event_id = i.event_id)))"""

OF_FUNCTION: Final = {"burst": BURST_SQL, "delayed_risk": DELAYED_SQL, "disputes": DISPUTES_SQL}
TEXTS: Final = frozenset({"listing_text", "message_text"})
# Repeated texts are looked for among what a window of the sender counts.
_REPEATS: Final = {"sender": frozenset({"sender_same_text_24h"})}
_GROUPS: Final = windows.groups(list(FEATURES.values()))


def came_late(different: Different) -> dict[int, frozenset[str]]:
    """Return for each event the features that differ because a fact came after it was scored."""
    found: dict[int, frozenset[str]] = {}
    for group in _GROUPS:
        names = frozenset(feature.name for feature in group.features) | _REPEATS.get(group.role, frozenset())
        _add(found, different, names, WINDOW_SQL, **_scope(group))
    for function, statement in OF_FUNCTION.items():
        _add(found, different, _of_functions({function}), statement)
    return {event_id: names | _made_of(names, different[event_id]) for event_id, names in found.items()}


def erased(different: Different) -> dict[int, frozenset[str]]:
    """Return for each event the features that differ because a text is no longer kept."""
    found: dict[int, frozenset[str]] = {}
    _add(found, different, _of_functions(TEXTS), ERASED_SQL)
    return found


def _add(
    found: dict[int, frozenset[str]], different: Different, names: frozenset[str], statement: str, **terms: Any
) -> None:
    """Add what a statement explains: those of the names that differ, in the events that it returns."""
    touched = sorted(event_id for event_id, differing in different.items() if differing & names)
    if touched:
        given = {"ids": array(touched), "on_its_way": ON_ITS_WAY, **terms}
        for (event_id,) in rows(statement, given):
            found[event_id] = found.get(event_id, frozenset()) | (different[event_id] & names)


def _scope(group: Group) -> dict[str, Any]:
    """Return where a group looks: its facts share one limit, so that a late one may crowd out any other."""
    specs = [feature.window for feature in group.features if feature.window]
    return {
        "role": group.role,
        "roles": sorted({spec.as_role or group.role for spec in specs}),
        "of": sorted({kind for spec in specs for kind in spec.of}),
        "longest": max(spec.window for spec in specs),
    }


def _of_functions(functions: Collection[str]) -> frozenset[str]:
    return frozenset(name for name, feature in FEATURES.items() if feature.function in functions)


def _made_of(explained: frozenset[str], differing: frozenset[str]) -> frozenset[str]:
    """Return the features that differ because others do of which they are made."""
    made = {name: feature.made.of for name in differing if (feature := FEATURES[name]).made}
    return frozenset(name for name, parts in made.items() if not explained.isdisjoint(parts))
