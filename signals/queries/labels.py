"""Labels for the page that lists them: what was said about whom, by which source, known since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from signals.models import Label
from tscore.core import ids
from tscore.core.pagination import Keyset


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One statement with its provenance; a replaced one stays in the list, struck through."""

    pk: int
    entity_kind: str
    entity_ref: str
    event_kind: str
    event_ref: str
    abuse_type: str
    verdict: str
    label_class: str
    source: str
    actor: str
    confidence: float
    reason: str
    lane: str
    inclusion_probability: float | None
    origin: str
    occurred_at: datetime
    known_at: datetime
    is_superseded: bool
    supersedes: int | None


@dataclass(frozen=True, slots=True)
class LabelPage:
    """One page, the newest knowledge first."""

    rows: list[LabelRow]
    next_cursor: str | None


def label_page(*, abuse_type: str = "", source: str = "", verdict: str = "", cursor: str | None = None) -> LabelPage:
    """Return one page of labels, filtered by abuse type, source or verdict."""
    asked = {"abuse_type": abuse_type, "source": source, "verdict": verdict}
    later = Label.objects.filter(supersedes=OuterRef("pk"))
    labels = (
        Label.objects.filter(**{name: word for name, word in asked.items() if word})
        .annotate(is_superseded=Exists(later))
        .select_related("entity", "event", "abuse_type")
        .defer("event__payload", "event__features", "event__roles")
    )
    page = Keyset(order=("-known_at", "-id")).page(labels, cursor)
    return LabelPage([_row(label) for label in page.items], page.next_cursor)


def _row(label: Label) -> LabelRow:
    return LabelRow(
        pk=label.pk,
        entity_kind=label.entity.kind,
        entity_ref=label.entity.ref,
        event_kind=label.event.kind if label.event else "",
        event_ref=ids.row_ref("ev", label.event.pk) if label.event else "",
        abuse_type=label.abuse_type.name,
        verdict=label.verdict,
        label_class=label.label_class,
        source=label.source,
        actor=label.actor,
        confidence=label.confidence,
        reason=label.reason,
        lane=label.lane,
        inclusion_probability=label.inclusion_probability,
        origin=label.origin,
        occurred_at=label.occurred_at,
        known_at=label.known_at,
        is_superseded=label.is_superseded,  # type: ignore[attr-defined]
        supersedes=label.supersedes_id,
    )
