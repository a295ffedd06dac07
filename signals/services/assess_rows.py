"""What is known of an event that somebody asks about: its current revision, and the live signals that it triggered."""

from __future__ import annotations

import json
from dataclasses import dataclass

from signals.enums import Mode, Severity
from signals.services.verdicts import Found
from tscore.core.db import prepared

# One statement for the newest revision and its signals. Each step is a fence to the planner: while it takes a table for
# empty, it would walk the whole of it.
KNOWN_SQL = """
WITH asked AS MATERIALIZED (SELECT source_id, external_id FROM signals_event WHERE id = %(event)s),
newest AS MATERIALIZED (
  SELECT found.id, found.scored_at IS NOT NULL AS is_scored FROM asked CROSS JOIN LATERAL (
    SELECT id, scored_at FROM signals_event
    WHERE source_id = asked.source_id AND external_id = asked.external_id ORDER BY observed_at DESC LIMIT 1
  ) found
), triggered AS MATERIALIZED (
  SELECT part.signal_id FROM signals_signalevent part
  WHERE part.event_id = (SELECT id FROM newest) AND part.position = 0
), live AS MATERIALIZED (
  SELECT signal.id, detector.name, signal.score, signal.severity, signal.reasons
  FROM signals_signal signal JOIN signals_detector detector ON detector.id = signal.detector_id
  WHERE signal.id = ANY(ARRAY(SELECT signal_id FROM triggered)) AND signal.retracted_at IS NULL
    AND signal.mode = %(live)s
)
SELECT newest.id, newest.is_scored, live.* FROM newest LEFT JOIN live ON true"""


@dataclass(frozen=True, slots=True)
class Known:
    """The current revision of an event: whether it was scored, and what stands because of it."""

    event_id: int
    is_scored: bool
    found: list[Found]


def known(event_id: int) -> Known:
    """Return what is known of the event that this revision belongs to."""
    lines = prepared(KNOWN_SQL, {"event": event_id, "live": Mode.LIVE.value})
    found = [
        Found(pk, name, score, Severity(severity), json.loads(reasons))
        for _, _, pk, name, score, severity, reasons in lines
        if pk is not None
    ]
    return Known(lines[0][0], lines[0][1], found)
