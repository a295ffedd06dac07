"""Mutes for the page that lists them, and what was muted about one subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.queries.names import EntityName, names_of
from signals.models import Detector, Entity, Mute, Signal
from signals.services import mutes
from tscore.core import ids
from tscore.core.db import rows
from tscore.core.errors import Missing
from tscore.core.pagination import Keyset

MOST_COUNTED: Final = 1000
MOST_MUTED: Final = 20
_MOST_DETECTORS: Final = 500

_COUNTS = """
SELECT mute.id, (SELECT count(*) FROM (
    SELECT FROM signals_signal WHERE muted_by_id = mute.id LIMIT %(most)s) counted)
  FROM unnest(%(mutes)s::bigint[]) AS mute (id)"""

# What was muted about the subject of a case, or about whatever its findings are about; no finding counts twice.
_OF_CASE = """
WITH about AS MATERIALIZED (
  SELECT c.entity_id FROM cases_case c WHERE c.id = %(case)s
  UNION
  SELECT signal.entity_id FROM cases_casesignal link JOIN signals_signal signal ON signal.id = link.signal_id
   WHERE link.case_id = %(case)s)
SELECT signal.id FROM about CROSS JOIN LATERAL (
  SELECT signal.id FROM signals_signal signal
   WHERE signal.entity_id = about.entity_id AND signal.muted_by_id IS NOT NULL AND signal.abuse_type_id = %(type)s
   ORDER BY signal.id DESC LIMIT %(most)s) signal
 ORDER BY signal.id DESC LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class MuteLine:
    """One mute as pages show it; `entity` is None where it holds for all. `muted` counts up to MOST_COUNTED."""

    id: int
    detector: str
    title: str
    entity: EntityName | None
    reason: str
    actor: str
    created_at: datetime
    expires_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    is_standing: bool
    muted: int


@dataclass(frozen=True, slots=True)
class MutedSignal:
    """A finding that asked nobody because somebody muted its detector."""

    ref: str
    title: str
    detector: str
    detector_version: str
    sentence: str
    severity: str
    observed_at: datetime
    is_retracted: bool
    muted_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MutePage:
    """One page of mutes, newest first."""

    rows: list[MuteLine]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is about to be muted: a detector, and an entity where it is not for all."""

    detector: Detector
    entity: Entity | None
    name: EntityName | None


def mute_page(*, is_standing: bool, now: datetime, cursor: str | None = None) -> MutePage:
    """Return one page of the mutes that stand, or of those that are over."""
    over = Q(lifted_at__isnull=False) | Q(expires_at__lte=now)
    found = mutes.standing(now) if is_standing else Mute.objects.filter(over)
    page = Keyset(order=("-id",)).page(found.select_related("detector", "entity", "actor", "lifted_by"), cursor)
    names = names_of(mute.entity for mute in page.items if mute.entity)
    given: dict[str, Any] = {"mutes": [mute.pk for mute in page.items], "most": MOST_COUNTED}
    counts = dict(rows(_COUNTS, given))
    return MutePage([_line(mute, names, counts, now) for mute in page.items], page.next_cursor)


def subject_of_signal(ref: str) -> Subject:
    """Return what the mute of a finding would be about.

    Raises:
        Missing: there is no such finding.
    """
    pk = ids.parse_row_ref("sg", ref)
    signal = Signal.objects.filter(pk=pk).select_related("detector", "entity").first() if pk else None
    if signal is None:
        raise Missing
    return Subject(signal.detector, signal.entity, names_of([signal.entity])[signal.entity_id])


def detectors() -> list[tuple[int, str]]:
    """Return the detectors that can be muted."""
    named = Detector.objects.order_by("title", "name").values_list("pk", "title", "name")[:_MOST_DETECTORS]
    return [(pk, f"{title} ({name})" if title != name else name) for pk, title, name in named]


def muted_in(case: Case) -> list[MutedSignal]:
    """Return the newest findings that were muted about what a case is about."""
    given = {"case": case.pk, "type": case.abuse_type_id, "most": MOST_MUTED}
    return _shown(Signal.objects.filter(pk__in=[pk for (pk,) in rows(_OF_CASE, given)]))


def muted_about(entity_id: int) -> list[MutedSignal]:
    """Return the newest findings that were muted about an entity."""
    return _shown(Signal.objects.filter(entity_id=entity_id, muted_by__isnull=False))


def _shown(signals: QuerySet[Signal]) -> list[MutedSignal]:
    found: Iterable[Signal] = signals.select_related("detector", "muted_by__actor").order_by("-pk")[:MOST_MUTED]
    return [_muted(signal) for signal in found]


def _muted(signal: Signal) -> MutedSignal:
    assert signal.muted_by
    return MutedSignal(
        ref=ids.row_ref("sg", signal.pk),
        title=signal.detector.title,
        detector=signal.detector.name,
        detector_version=signal.detector_version,
        sentence=str(signal.reasons[0].get("sentence", "")) if signal.reasons else "",
        severity=signal.severity,
        observed_at=signal.observed_at,
        is_retracted=signal.retracted_at is not None,
        muted_by=signal.muted_by.actor.name,
        reason=signal.muted_by.reason,
    )


def _line(mute: Mute, names: dict[int, EntityName], counts: dict[int, int], now: datetime) -> MuteLine:
    return MuteLine(
        id=mute.pk,
        detector=mute.detector.name,
        title=mute.detector.title,
        entity=names[mute.entity_id] if mute.entity_id else None,
        reason=mute.reason,
        actor=mute.actor.name,
        created_at=mute.created_at,
        expires_at=mute.expires_at,
        lifted_at=mute.lifted_at,
        lifted_by=mute.lifted_by.name if mute.lifted_by else "",
        is_standing=mute.lifted_at is None and mute.expires_at > now,
        muted=counts.get(mute.pk, 0),
    )
