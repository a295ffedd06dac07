"""The rows of a training table: the labels that hold at an instant, each with what was known when its event came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import TypeVar

from signals.features import compute
from signals.features.spec import Value
from signals.models import Entity, Label
from signals.services.labelling.resolve import resolve
from signals.services.tables import reads, sources
from signals.services.tables.reads import Moment
from signals.services.tables.sources import Origin
from signals.services.tables.specs import DatasetSpec

T = TypeVar("T")
CHUNK = 2000
ANSWERS = {"bad": 1, "good": 0}
CHECKED_ROWS = 200  # rows whose logged values are compared with rebuilt ones, evenly spread


@dataclass(frozen=True, slots=True)
class Row:
    """One row: who and what it is about, as of when, the answer, and the features."""

    entity_kind: str
    entity_id: str
    event_source: str | None
    event_id: str | None
    event_kind: str
    as_of: datetime
    label: int
    label_class: str
    label_source: str
    label_known_at: datetime
    confidence: float
    lane: str
    weight: float | None
    features: dict[str, Value]

    @property
    def order(self) -> tuple[str, str, str, str, datetime]:
        """Return what rows are sorted by: entity, event, as-of."""
        return self.entity_kind, self.entity_id, self.event_source or "", self.event_id or "", self.as_of


@dataclass(slots=True)
class Table:
    """The rows in order, how many labels were left out and why, and how often logged and rebuilt values differ.

    `from_log` counts the events whose values were read from the feature log, `rebuilt` those that had none anywhere.
    """

    rows: list[Row] = field(default_factory=list)
    from_log: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rebuilt: int = 0
    checked: int = 0
    differing: int = 0


def table(spec: DatasetSpec, *, as_of: datetime, origin: Origin = Origin.AUTO) -> Table:
    """Read every label known by `as_of`, resolve what they say about the same thing, and join the features.

    Raises:
        LogIncomplete: only the feature log was to be read, and it lacks values that were logged.
    """
    found = Table()
    placed: list[tuple[Row, Moment]] = []
    for labels in _in_chunks(_resolved(spec.abuse_type, as_of, found.left_out)):
        placed += _placed(found, labels, spec, as_of, origin)
    names = frozenset(feature.name for feature in spec.features)
    logged = sources.logged([moment for _, moment in placed], sorted(names), origin)
    found.from_log = logged.from_log
    for chunk in _in_chunks(iter(placed)):
        _fill(found, chunk, logged.values, names)
    found.rows = sorted((row for row, _ in placed), key=lambda row: row.order)
    return found


def _in_chunks(items: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _resolved(abuse_type: str, as_of: datetime, left_out: Counter[str]) -> Iterator[Label]:
    """Yield the label that holds for each (entity, event); an event is its `(source, id)`, whichever revision."""
    labels = (
        Label.objects.filter(abuse_type=abuse_type, known_at__lte=as_of)
        .select_related("event")
        .defer("event__payload", "event__features", "event__roles")
        .order_by("entity_id", "event__source_id", "event__external_id", "pk")
    )
    for _, group in groupby(labels.iterator(chunk_size=CHUNK), key=_thing):
        label = resolve(list(group), as_of)
        if label is None:
            left_out["withdrawn, or only checks of reviewers"] += 1
        elif label.verdict not in ANSWERS:
            left_out[f"verdict {label.verdict}"] += 1
        else:
            yield label


def _thing(label: Label) -> tuple[int, int | None, str | None]:
    event = label.event
    return (label.entity_id, event.source_id, event.external_id) if event else (label.entity_id, None, None)


def _placed(
    found: Table, labels: Sequence[Label], spec: DatasetSpec, as_of: datetime, origin: Origin
) -> Iterator[tuple[Row, Moment]]:
    """Yield the row of each label with the moment that its features come from; they are filled in later."""
    with_features = origin is Origin.DATABASE
    moments = reads.moments(labels, spec.kinds, as_of, with_features=with_features)
    entities = Entity.objects.only("kind", "external_id").in_bulk([label.entity_id for label in labels])
    for label in labels:
        moment = moments.get(label.pk)
        if moment is None:
            found.left_out[
                "no scored event before it" if label.event is None else "event of another kind, or later"
            ] += 1
        else:
            yield _row(label, entities[label.entity_id], moment), moment


def _fill(
    found: Table, chunk: Sequence[tuple[Row, Moment]], logged: dict[int, dict[str, Value]], names: frozenset[str]
) -> None:
    """Fill in logged values; those that were never logged are computed now, which gives the same."""
    asked = {moment.event_pk for _, moment in chunk}
    mine = {pk: _only(logged[pk], names) for pk in asked if pk in logged}
    missing = sorted(asked - mine.keys())
    found.rebuilt += len(missing)
    _compare(found, mine, names)
    known = mine | (compute.values(event_ids=missing) if missing else {})
    for row, moment in chunk:
        row.features.update(_only(known[moment.event_pk], names))


def _only(values: dict[str, Value], names: frozenset[str]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in names}


def _compare(found: Table, logged: dict[int, dict[str, Value]], names: frozenset[str]) -> None:
    sample = sorted(logged)[:: max(len(logged) // CHECKED_ROWS, 1)][:CHECKED_ROWS]
    rebuilt = compute.values(event_ids=sample) if sample else {}
    found.checked += len(sample)
    found.differing += sum(_only(rebuilt[event_pk], names) != logged[event_pk] for event_pk in sample)


def _row(label: Label, entity: Entity, moment: Moment) -> Row:
    inclusion = label.inclusion_probability
    return Row(
        entity_kind=entity.kind,
        entity_id=entity.external_id,
        event_source=moment.source if label.event else None,
        event_id=moment.external_id if label.event else None,
        event_kind=moment.kind,
        as_of=moment.observed_at,
        label=ANSWERS[label.verdict],
        label_class=label.label_class,
        label_source=label.source,
        label_known_at=label.known_at,
        confidence=label.confidence,
        lane=label.lane,
        weight=1 / inclusion if inclusion else None,
        features={},
    )
