"""Where a labelled thing stood: the revision of its event that was current, or the last event of its subject."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signals.features.spec import Value
from signals.models import Label
from tscore.core.db import array, rows


@dataclass(frozen=True, slots=True)
class Moment:
    """The event that gives a row its as-of instant and its features (None if never logged, or not asked for)."""

    event_pk: int
    source: str
    external_id: str
    kind: str
    observed_at: datetime
    received_at: datetime
    features: dict[str, Value] | None


# The revision that was current at T, whichever revision the label was given to.
OF_EVENT_SQL = """
SELECT given.label, e.id, s.name, e.external_id, e.kind, e.observed_at, e.received_at, {features}
FROM unnest(%(labels)s::bigint[], %(events)s::bigint[]) AS given (label, event)
JOIN signals_event told ON told.id = given.event
JOIN signals_source s ON s.id = told.source_id
CROSS JOIN LATERAL (
  SELECT r.* FROM signals_event r
  WHERE r.source_id = told.source_id AND r.external_id = told.external_id AND r.observed_at <= %(as_of)s
  ORDER BY r.observed_at DESC LIMIT 1
) e
WHERE e.kind = ANY(%(kinds)s)"""

# The last event of the subject that was scored before the labelled thing happened.
OF_SUBJECT_SQL = """
SELECT given.label, e.id, s.name, e.external_id, e.kind, e.observed_at, e.received_at, {features}
FROM unnest(%(labels)s::bigint[], %(entities)s::bigint[], %(times)s::timestamptz[]) AS given (label, entity, at)
CROSS JOIN LATERAL (
  SELECT o.* FROM signals_involvement i JOIN signals_event o ON o.id = i.event_id
  WHERE i.entity_id = given.entity AND i.kind = ANY(%(kinds)s) AND i.occurred_at < given.at AND i.observed_at < given.at
    AND (i.superseded_at IS NULL OR i.superseded_at > %(as_of)s) AND o.features IS NOT NULL
  ORDER BY i.occurred_at DESC, o.source_id, o.external_id DESC LIMIT 1
) e
JOIN signals_source s ON s.id = e.source_id"""


LOGGED_SQL = """
SELECT id, features FROM signals_event WHERE id = ANY((SELECT %s::bigint[])::bigint[]) AND features IS NOT NULL"""


def moments(
    labels: Sequence[Label], kinds: Sequence[str], as_of: datetime, *, with_features: bool = True
) -> dict[int, Moment]:
    """Return the moment of each label that has one, by the label's row id."""
    with_event = [label for label in labels if label.event_id is not None]
    without = [label for label in labels if label.event_id is None]
    shared: dict[str, Any] = {"kinds": list(kinds), "as_of": as_of}
    features = "e.features" if with_features else "NULL"
    found = rows(OF_EVENT_SQL.format(features=features), shared | {
        "labels": [label.pk for label in with_event], "events": [label.event_id for label in with_event],
    })  # fmt: skip
    if without:
        found += rows(OF_SUBJECT_SQL.format(features=features), shared | {
            "labels": [label.pk for label in without], "entities": [label.entity_id for label in without],
            "times": [label.occurred_at for label in without],
        })  # fmt: skip
    return {label: Moment(*(*event, json.loads(features) if features else None)) for label, *event, features in found}


def logged(event_ids: Sequence[int]) -> dict[int, dict[str, Value]]:
    """Return the values that stand with events in the database."""
    return {pk: json.loads(features) for pk, features in rows(LOGGED_SQL, [array(event_ids)])} if event_ids else {}
