"""One label as it was sent, checked and ready to be recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import UNSET

from signals import kinds_labels
from signals.enums import CLASS_VERDICT
from signals.features.identifiers import contains_card
from signals.kinds_labels import LabelItem
from signals.services.intake.decode import require_id, typed, utc, utf8
from signals.services.intake.problems import ItemRefused, Place
from signals.services.intake.ready import Key
from signals.services.intake.repair import has_key_twice, repair
from signals.services.intake.scan import Scanned
from signals.services.signals.ready import entity_key

# Only decisions made here write labels of this origin.
DECISION_ORIGIN = "decision:"


@dataclass(slots=True)
class ReadyLabel:
    """A checked label: its entity by key, its times in UTC."""

    item: LabelItem
    entity: Key
    origin: str
    occurred_at: datetime
    known_at: datetime
    values: dict[Key, str] = field(default_factory=dict)

    @property
    def name(self) -> tuple[str, str]:
        """Return what identifies a label."""
        return self.origin, self.item.id

    @property
    def event(self) -> tuple[str, str] | None:
        """Return source and id of the event it is about."""
        return None if self.item.event is UNSET else (self.item.event.source, self.item.event.id)

    @property
    def content(self) -> tuple[Any, ...]:
        """Return what must be equal where the same label is sent again."""
        label = self.item
        return (
            self.entity, self.event, label.abuse_type, label.verdict, label.label_class, label.source, label.actor,
            label.confidence, label.reason, self.occurred_at, self.known_at, label.lane, label.inclusion_probability,
        )  # fmt: skip


def read(item: Scanned, *, source: str) -> ReadyLabel:
    """Decode and check one label; its origin is `key:<source>` unless it names one.

    Raises:
        ItemRefused: with the first thing that is wrong.
    """
    if item.problem:
        raise item.problem
    raw, _ = repair(item.raw)
    text = utf8(raw)
    label: LabelItem = typed(kinds_labels.DECODER.decode, raw, base="", place=_place)
    if has_key_twice(text):
        raise ItemRefused("duplicate_key")
    _check(label)
    values: dict[Key, str] = {}
    return ReadyLabel(
        item=label,
        entity=entity_key(label.entity, "/entity/id", values),
        origin=f"key:{source}"[:64] if label.origin is UNSET else label.origin,
        occurred_at=utc(label.occurred_at, "/occurred_at"),
        known_at=utc(label.known_at, "/known_at"),
        values=values,
    )


def _check(label: LabelItem) -> None:
    require_id(label.id, "/id")
    implied = CLASS_VERDICT[label.label_class].value
    if implied != label.verdict:
        detail = f"The class {label.label_class} means {implied}, not {label.verdict}."
        raise ItemRefused("class_mismatch", "/class", detail)
    if label.origin is not UNSET and label.origin.startswith(DECISION_ORIGIN):
        raise ItemRefused("bad_value", "/origin", "Labels of decisions are written by decisions alone.")
    for name in ("id", "actor", "reason", "origin"):
        if contains_card(str(getattr(label, name))):
            raise ItemRefused("card_number", f"/{name}")


def _place(pointer: str) -> Place:
    return Place(kinds_labels.names_at(pointer), kinds_labels.code_at(pointer))
