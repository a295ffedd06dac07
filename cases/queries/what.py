"""The centre pane: what happened, and why the case is here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Case
from cases.queries.names import EntityName


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason of a signal, strongest first."""

    code: str
    sentence: str
    value: Any
    usual: Any
    base_rate: dict[str, Any] | None
    contribution: float | None


@dataclass(frozen=True, slots=True)
class SignalView:
    """One signal of the case; retracted ones are shown struck through and counted nowhere."""

    id: int
    detector: str
    detector_version: str
    title: str
    score: float
    severity: str
    reasons: list[ReasonLine]
    techniques: list[str]
    observed_at: datetime
    attached_at: datetime
    is_retracted: bool
    is_new: bool
    event_ids: list[int]


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with its parts; `texts` and `fields` were written by strangers."""

    id: int
    ref: str
    kind: str
    occurred_at: datetime
    observed_at: datetime
    source: str
    external_id: str
    entities: list[tuple[str, EntityName]]  # (role, entity)
    fields: list[tuple[str, str]]  # (path, value) of the payload without its identifiers
    texts: list[tuple[str, str]]  # (member, text)
    amount_base_minor: int | None
    flags: list[str]
    is_evidence: bool
    is_trigger: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note; `text` is None once erased."""

    author_name: str
    written_at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class What:
    """Everything the centre pane shows. `evidence` is what a decision labels, newest first."""

    signals: list[SignalView]
    new_count: int
    evidence: list[EventView]
    timeline: list[EventView]
    notes: list[NoteView]


def what(*, case: Case, seen_at: datetime | None = None) -> What:
    """Return signals, evidence, time line and notes; signals attached after `seen_at` count as new."""
    raise NotImplementedError
