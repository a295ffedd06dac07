"""What is held already of the labels in a batch, and of the events they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from signals.models import Label
from signals.services.intake.problems import ItemRefused
from signals.services.intake.write import lock_lanes
from signals.services.labelling.ready import ReadyLabel
from signals.services.signals.known import named_events
from tscore.core.db import transaction_required

_LANES = 0x0A00_0000  # apart from the lanes of events and of signals


@dataclass(slots=True)
class Known:
    """Stored labels by origin and id, and the current revision of each named event."""

    labels: dict[tuple[str, str], Label] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)

    def same(self, item: ReadyLabel) -> Label | None:
        """Return the label that says the same, or None.

        Raises:
            ItemRefused: the id was used for another statement.
        """
        stored = self.labels.get(item.name)
        if stored is not None and _content(stored) != item.content:
            raise ItemRefused("id_conflict", "/id", "This id was sent before with another statement. Use a new id.")
        return stored


@transaction_required
def known_labels(items: Sequence[ReadyLabel]) -> Known:
    """Wait for other batches with these labels, then read what is stored."""
    lock_lanes(_LANES, ["\x1f".join(item.name) for item in items])
    known = Known(events=named_events({item.event for item in items if item.event}))
    wanted: dict[str, set[str]] = {}
    for item in items:
        wanted.setdefault(item.origin, set()).update({item.item.id, item.item.supersedes or item.item.id})
    if wanted:
        which = Q()
        for origin, names in wanted.items():
            which |= Q(origin=origin, external_id__in=names)
        for label in Label.objects.filter(which).select_related("entity", "event__source"):
            known.labels[label.origin, label.external_id] = label
    return known


def _content(label: Label) -> tuple[Any, ...]:
    event = (label.event.source.name, label.event.external_id) if label.event else None
    return (
        (label.entity.kind, label.entity.external_id), event, label.abuse_type_id, label.verdict, label.label_class,
        label.source, label.actor, label.confidence, label.reason, label.occurred_at, label.known_at, label.lane,
        label.inclusion_probability,
    )  # fmt: skip
