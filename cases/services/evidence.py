"""What a case rests on: its live signals and the events they name, with who takes which part in them. One statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Case
from tscore.core import db
from tscore.core.errors import Missing


@dataclass(frozen=True, slots=True)
class Part:
    """An entity and the role it has in an event."""

    role: str
    id: int
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One event of the evidence."""

    id: int
    source: str
    external_id: str
    kind: str
    occurred_at: datetime
    observed_at: datetime
    content_mac: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One live signal of the evidence, as a snapshot keeps it."""

    id: int
    detector: str
    version: str
    score: float
    severity: str
    content_mac: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The subject and everything held against it; events stand in the order of their ids."""

    subject: Part
    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    country: str = ""  # where the subject's story began, two letters

    def ticked(self, unticked: Sequence[int]) -> list[Proof]:
        """Return the events that were left ticked."""
        return [proof for proof in self.proofs if proof.id not in set(unticked)]


def parts_of(proofs: Sequence[Proof]) -> Iterator[Part]:
    """Yield every part of every event."""
    for proof in proofs:
        yield from proof.parts


# The lock, the case and its evidence in one round trip. Reading before the lock is granted does no harm: whoever
# changed the evidence meanwhile also raised the version, and the version is read under the lock.
_EVIDENCE = """
WITH held AS MATERIALIZED (SELECT c.* FROM cases_case c WHERE c.id = %(case)s {lock}),
live AS MATERIALIZED (
  SELECT signal.id, detector.name AS detector, signal.detector_version AS version, signal.score, signal.severity,
         encode(signal.content_mac, 'hex') AS content_mac
    FROM cases_casesignal attached
    JOIN signals_signal signal ON signal.id = attached.signal_id
    JOIN signals_detector detector ON detector.id = signal.detector_id
   WHERE attached.case_id = %(case)s AND signal.retracted_at IS NULL),
proof AS (
  SELECT event.id, source.name AS source, event.external_id, event.kind, event.occurred_at, event.observed_at,
         encode(event.content_mac, 'hex') AS content_mac,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'role', part.role, 'id', entity.id, 'kind', entity.kind, 'ref', entity.ref)
                   ORDER BY part.role, part.entity_id), '[]')
            FROM signals_involvement part JOIN signals_entity entity ON entity.id = part.entity_id
           WHERE part.event_id = event.id) AS parts
    FROM signals_event event
    JOIN signals_source source ON source.id = event.source_id
   WHERE event.id IN (SELECT evidence.event_id FROM live
                        JOIN signals_signalevent evidence ON evidence.signal_id = live.id))
SELECT held.*, held.claim_until > statement_timestamp() AS is_live,
       jsonb_build_object('role', 'subject', 'id', subject.id, 'kind', subject.kind, 'ref', subject.ref)
         AS subject_part,
       (SELECT event.payload ->> 'country'
          FROM (SELECT part.event_id, part.occurred_at FROM signals_involvement part
                 WHERE part.entity_id = held.entity_id AND part.superseded_at IS NULL
                 ORDER BY part.occurred_at, part.event_id LIMIT 20) begun
          JOIN signals_event event ON event.id = begun.event_id
         WHERE event.payload ->> 'country' IS NOT NULL
         ORDER BY begun.occurred_at, event.id LIMIT 1) AS country,
       (SELECT coalesce(jsonb_agg(live ORDER BY live.id), '[]') FROM live) AS findings,
       (SELECT coalesce(jsonb_agg(proof ORDER BY proof.id), '[]') FROM proof) AS proofs
  FROM held JOIN signals_entity subject ON subject.id = held.entity_id
"""


@db.transaction_required
def locked(*, case_id: int) -> tuple[Case, Evidence]:
    """Return the case, locked, with `is_live` (its lease runs), and its evidence.

    Raises:
        Missing: there is no such case.
    """
    return _read(case_id, lock="FOR NO KEY UPDATE")


def of(*, case_id: int) -> Evidence:
    """Return the evidence of a case as it stands now."""
    return _read(case_id, lock="")[1]


def _read(case_id: int, *, lock: str) -> tuple[Case, Evidence]:
    for case in Case.objects.raw(_EVIDENCE.format(lock=lock), {"case": case_id}):
        row: Any = case
        return case, Evidence(
            subject=Part(**db.json_of(row.subject_part)),
            findings=tuple(Finding(**finding) for finding in db.json_of(row.findings)),
            proofs=tuple(_proof(proof) for proof in db.json_of(row.proofs)),
            country=row.country or "",
        )
    raise Missing


def _proof(values: dict[str, Any]) -> Proof:
    instants = {name: datetime.fromisoformat(values[name]) for name in ("occurred_at", "observed_at")}
    return Proof(**{**values, **instants, "parts": tuple(Part(**part) for part in values["parts"])})
