"""Writes signals with their evidence, set by set; shared by our own detectors and by those of others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from signals.enums import Mode, Severity
from signals.models import Source
from tscore.core import crypto, money
from tscore.core.db import prepared, transaction_required

OWN_SOURCE = "tscore"
_STEPS = list(Severity.values)

# Whether a finding is muted is decided where it is stored, once and for all, by the clock of whoever stores it. Each
# look-up is one step down the index of the mutes that stand.
STANDS = "lifted_at IS NULL AND created_at <= %(received)s AND expires_at > %(received)s"
INSERT_SQL = f"""
WITH given AS (
  SELECT * FROM jsonb_to_recordset(%(signals)s::jsonb) AS r (n int, external_id text, mac text, detector bigint,
    detector_version text, entity bigint, abuse_type text, score double precision, severity text, reasons jsonb,
    techniques text[], stake bigint, mode text, observed timestamptz, dedupe_key text, events bigint[])
), judged AS (
  SELECT given.*, CASE WHEN mode = 'live' THEN coalesce(
    (SELECT id FROM signals_mute WHERE detector_id = detector AND entity_id = entity AND {STANDS} LIMIT 1),
    (SELECT id FROM signals_mute WHERE detector_id = detector AND entity_id IS NULL AND {STANDS} LIMIT 1)
  ) END AS muted_by
  FROM given
), stored AS (
  INSERT INTO signals_signal (source_id, external_id, content_mac, detector_id, detector_version, entity_id,
    abuse_type_id, score, severity, reasons, techniques, money_at_stake_base_minor, mode, muted_by_id, observed_at,
    received_at, dedupe_key, next_at)
  SELECT %(source)s, external_id, decode(mac, 'hex'), detector, detector_version, entity, abuse_type, score, severity,
    reasons, techniques, stake, CASE WHEN muted_by IS NULL THEN mode ELSE 'muted' END, muted_by, observed,
    %(received)s, dedupe_key, %(received)s
  FROM judged ORDER BY detector, entity, dedupe_key
  ON CONFLICT DO NOTHING
  RETURNING id, external_id
), evidence AS (
  INSERT INTO signals_signalevent (signal_id, event_id, position)
  SELECT stored.id, part.event, part.place - 1
  FROM stored JOIN given USING (external_id) CROSS JOIN unnest(given.events) WITH ORDINALITY AS part (event, place)
)
SELECT given.n, stored.id FROM stored JOIN given USING (external_id)"""

DETECTORS_SQL = """
WITH given AS (
  SELECT *
  FROM unnest(%(names)s::text[], %(versions)s::text[], %(types)s::text[], %(titles)s::text[], %(modes)s::text[])
    AS r (name, version, abuse_type, title, mode)
), added AS (
  INSERT INTO signals_detector (name, version, abuse_type_id, title, mode) SELECT * FROM given ORDER BY name
  ON CONFLICT (name) DO NOTHING RETURNING id, name, mode
)
SELECT id, name, mode FROM added UNION ALL SELECT id, name, mode FROM signals_detector WHERE name = ANY(%(names)s)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDraft:
    """One finding to be stored; ids are row ids. The first of `event_ids` is the trigger.

    Without a severity the default rule gives one. Without an external id, one follows from detector, entity and key.
    """

    detector_id: int
    detector_version: str
    entity_id: int
    abuse_type: str
    score: float
    reasons: list[dict[str, Any]]
    event_ids: Sequence[int]
    dedupe_key: str
    observed_at: datetime
    severity: str | None = None
    money_at_stake_base_minor: int | None = None
    techniques: Sequence[str] = ()
    mode: str = Mode.LIVE
    external_id: str = ""
    content_mac: bytes = field(default=b"")


@dataclass(frozen=True, slots=True)
class DetectorRow:
    """A detector as it is held: its row id and whether it is live or in the shadow."""

    pk: int
    mode: str


@transaction_required
def raise_signals(
    drafts: Sequence[SignalDraft], *, source: str = OWN_SOURCE, received_at: datetime
) -> list[int | None]:
    """Store findings in one statement; return each one's row id, None where the same was stored before.

    The same is: the same detector, entity and dedupe key, or the same source and id. A live finding of a detector that
    is muted, for its entity or for all, is stored with the mode `muted`.
    """
    if not drafts:
        return []
    holder, _ = Source.objects.get_or_create(name=source)
    records: dict[str, dict[str, Any]] = {}
    for place, draft in enumerate(drafts):
        record = _record(place, draft)
        records.setdefault(record["external_id"], record)
    found: list[int | None] = [None] * len(drafts)
    given = {"signals": msgspec.json.encode([*records.values()]).decode(), "source": holder.pk, "received": received_at}
    for place, pk in prepared(INSERT_SQL, given):
        found[place] = pk
    return found


@transaction_required
def ensure_detectors(specs: Sequence[tuple[str, str, str, str, str]]) -> dict[str, DetectorRow]:
    """Return detectors by name, made if need be from (name, version, abuse type, title, mode)."""
    columns = [list(column) for column in zip(*specs, strict=True)] or [[]] * 5
    given = dict(zip(("names", "versions", "types", "titles", "modes"), columns, strict=True))
    found = prepared(DETECTORS_SQL, given)
    if len(found) < len({spec[0] for spec in specs}):  # somebody else added one meanwhile: a new statement sees it
        found = prepared(DETECTORS_SQL, given)
    return {name: DetectorRow(pk, mode) for pk, name, mode in found}


def default_severity(score: float, at_stake_base_minor: int | None) -> str:
    """Return high from .9, medium from .7, else low; one step more where at least 500 (base currency) is at stake."""
    step = _STEPS.index(Severity.HIGH if score >= 0.9 else Severity.MEDIUM if score >= 0.7 else Severity.LOW)
    large = 500 * 10 ** money.exponent(settings.BASE_CURRENCY)
    return _STEPS[step + (at_stake_base_minor is not None and at_stake_base_minor >= large)]


def _record(place: int, draft: SignalDraft) -> dict[str, Any]:
    key = f"{draft.detector_id}\x1f{draft.entity_id}\x1f{draft.dedupe_key}"
    mac = draft.content_mac or crypto.mac(msgspec.json.encode([key, draft.score, draft.reasons, draft.observed_at]))
    return {
        "n": place,
        "external_id": draft.external_id or "own-" + hashlib.sha256(key.encode()).hexdigest()[:40],
        "mac": mac.hex(),
        "detector": draft.detector_id,
        "detector_version": draft.detector_version,
        "entity": draft.entity_id,
        "abuse_type": draft.abuse_type,
        "score": draft.score,
        "severity": draft.severity or default_severity(draft.score, draft.money_at_stake_base_minor),
        "reasons": draft.reasons,
        "techniques": list(draft.techniques),
        "stake": draft.money_at_stake_base_minor,
        "mode": draft.mode,
        "observed": draft.observed_at,
        "dedupe_key": draft.dedupe_key,
        "events": list(dict.fromkeys(draft.event_ids)),
    }
