"""Compute the features of a batch: the same function live, later and for a training table.

Windows take one statement per entity role; functions read each table once for the whole batch; derived features follow
from the others. A value that is not known is not there: never null, never NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signals.features import batch as batches
from signals.features import burst, delayed_risk, derived, disputes, listing_text, message_text, reporter_trust, windows
from signals.features.batch import Batch
from signals.features.registry import FEATURE_VERSION, FEATURES
from signals.features.spec import Values

__all__ = ["FEATURE_VERSION", "FUNCTIONS", "evidence", "of_batch", "values"]

FUNCTIONS: dict[str, Callable[[Batch], Values]] = {
    "burst": burst.values,
    "delayed_risk": delayed_risk.values,
    "disputes": disputes.values,
    "listing_text": listing_text.values,
    "message_text": message_text.values,
    "reporter_trust": reporter_trust.values,
}

_GROUPS = windows.groups(list(FEATURES.values()))


def values(*, event_ids: Sequence[int]) -> Values:
    """Compute the features of events, as known when each was observed."""
    return of_batch(batches.read(event_ids))


def of_batch(batch: Batch) -> Values:
    """Compute the features of a batch that is already read."""
    found: Values = {event.id: {} for event in batch.events}
    for group in _GROUPS:
        if asked := [event.id for event in batch.of_kinds(*group.on)]:
            _merge(found, windows.values(group, asked))
    for function in FUNCTIONS.values():
        _merge(found, function(batch))
    for event in batch.events:
        found[event.id].update(derived.values(event, found[event.id]))
    return found


def evidence(*, feature: str, event_ids: Sequence[int], most: int) -> dict[int, list[int]]:
    """Return the ids of the newest facts behind a window feature, by scored event."""
    return windows.facts_behind(FEATURES[feature], event_ids, most=most)


def _merge(found: Values, more: Values) -> None:
    for event_id, known in more.items():
        found[event_id].update(known)
