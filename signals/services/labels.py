"""Statements about the truth: written once, superseded, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from signals.enums import CLASS_VERDICT, LabelSource, Lane
from signals.models import AbuseType, Entity, Event, Label
from signals.services.labelling.resolve import resolve
from tscore.core import db
from tscore.core.db import transaction_required
from tscore.core.errors import Invalid

__all__ = ["ClassMismatch", "LabelDraft", "record", "record_many", "resolve"]


class ClassMismatch(Invalid):
    """This class does not fit the verdict. A class implies its verdict."""


class UnknownWord(Invalid):
    """The source or the lane of this label is not one of the known words."""


class BadShare(Invalid):
    """Confidence lies from 0 to 1; an inclusion probability is above 0 and at most 1, or null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDraft:
    """One statement to be recorded; see interfaces, section 5."""

    external_id: str
    entity: Entity
    event: Event | None
    abuse_type: AbuseType
    verdict: str
    label_class: str
    source: str
    actor: str
    occurred_at: datetime
    known_at: datetime
    origin: str
    confidence: float = 1.0
    reason: str = ""
    supersedes: Label | None = None
    lane: str = Lane.DETECTION
    inclusion_probability: float | None = None


# Written out: deciding waits for it, and the ORM takes several times as long to say the same.
STORE_SQL = """
INSERT INTO signals_label (external_id, entity_id, event_id, abuse_type_id, verdict, label_class, source, actor,
  confidence, reason, occurred_at, known_at, supersedes_id, lane, inclusion_probability, origin, recorded_at)
SELECT r.* FROM jsonb_to_recordset(%s::jsonb) AS r (external_id text, entity_id bigint, event_id bigint,
  abuse_type_id text, verdict text, label_class text, source text, actor text, confidence float, reason text,
  occurred_at timestamptz, known_at timestamptz, supersedes_id bigint, lane text, inclusion_probability float,
  origin text, recorded_at timestamptz)
RETURNING id, origin, external_id"""
COLUMNS = tuple(field.attname for field in Label._meta.concrete_fields if not field.primary_key)


@transaction_required
def record(
    *,
    entity: Entity,
    event: Event | None,
    abuse_type: AbuseType,
    verdict: str,
    label_class: str,
    source: str,
    actor: str,
    confidence: float,
    reason: str,
    occurred_at: datetime,
    known_at: datetime,
    supersedes: Label | None,
    lane: str,
    inclusion_probability: float | None,
    origin: str,
    external_id: str,
    now: datetime,
) -> Label:
    """Record one statement.

    Raises:
        ClassMismatch, BadShare.
    """
    draft = LabelDraft(
        external_id=external_id, entity=entity, event=event, abuse_type=abuse_type, verdict=verdict,
        label_class=label_class, source=source, actor=actor, confidence=confidence, reason=reason,
        occurred_at=occurred_at, known_at=known_at, supersedes=supersedes, lane=lane,
        inclusion_probability=inclusion_probability, origin=origin,
    )  # fmt: skip
    return record_many([draft], now=now)[0]


@transaction_required
def record_many(drafts: Sequence[LabelDraft], *, now: datetime) -> list[Label]:
    """Record several statements in their order, in one statement."""
    for draft in drafts:
        check(
            verdict=draft.verdict,
            label_class=draft.label_class,
            confidence=draft.confidence,
            inclusion_probability=draft.inclusion_probability,
        )
        if draft.source not in LabelSource.values or draft.lane not in Lane.values:
            raise UnknownWord()
    made = [_row(draft, now) for draft in drafts]
    if made:
        ids = {(origin, name): pk for pk, origin, name in db.rows(STORE_SQL, [_json(made)])}
        for label in made:
            label.pk = ids[label.origin, label.external_id]
    return made


def check(*, verdict: str, label_class: str, confidence: float, inclusion_probability: float | None) -> None:
    """Refuse a class that means another verdict, and figures out of range."""
    implied = CLASS_VERDICT.get(label_class)
    if implied is None:
        raise ClassMismatch(f"There is no class {label_class[:32]!r}.")
    if implied != verdict:
        raise ClassMismatch(f"The class {label_class} means {implied}, not {verdict[:24]}.")
    if not 0 <= confidence <= 1 or not (inclusion_probability is None or 0 < inclusion_probability <= 1):
        raise BadShare()


def _row(draft: LabelDraft, now: datetime) -> Label:
    return Label(
        external_id=draft.external_id,
        entity=draft.entity,
        event=draft.event,
        abuse_type=draft.abuse_type,
        verdict=draft.verdict,
        label_class=draft.label_class,
        source=draft.source,
        actor=draft.actor,
        confidence=draft.confidence,
        reason=draft.reason,
        occurred_at=draft.occurred_at,
        known_at=draft.known_at,
        supersedes=draft.supersedes,
        lane=draft.lane,
        inclusion_probability=draft.inclusion_probability,
        origin=draft.origin,
        recorded_at=now,
    )


def _json(made: Sequence[Label]) -> str:
    return msgspec.json.encode([{name: getattr(label, name) for name in COLUMNS} for label in made]).decode()
