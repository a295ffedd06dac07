"""Open cases follow what scores mean by now: walked through by id whenever a calibration changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cases.services import priority, routing
from signals.services import calibration
from tscore.core import db

# Rows of the table of cases looked at in one step, for each row the step may handle.
_WINDOW: Final = 4

# Locked in the order of correlation.
_NEXT: Final = """
WITH near AS MATERIALIZED (
  SELECT c.id, c.state, c.entity_id, c.abuse_type_id FROM cases_case c WHERE c.id > %(after)s ORDER BY c.id
   LIMIT %(limit)s),
meant AS MATERIALIZED (
  SELECT near.id FROM near
   WHERE near.state <> 'closed' AND EXISTS (
     SELECT FROM cases_casesignal attached JOIN signals_signal signal ON signal.id = attached.signal_id
      WHERE attached.case_id = near.id AND signal.detector_id = ANY(%(detectors)s))),
held AS MATERIALIZED (
  SELECT c.id FROM cases_case c WHERE c.id IN (SELECT id FROM meant) AND c.state <> 'closed'
   ORDER BY c.entity_id, c.abuse_type_id FOR NO KEY UPDATE)
SELECT near.id, held.id IS NOT NULL FROM near LEFT JOIN held USING (id) ORDER BY near.id
"""


def recalibrate_due(*, limit: int, now: datetime) -> int:
    """Rank the next open cases anew by calibrations that changed; return how many cases were looked at."""
    return db.in_transaction(lambda: _step(limit, now))


def _step(limit: int, now: datetime) -> int:
    changed = calibration.unapplied()
    if not changed:
        return 0
    after = min(row.applied_up_to for row in changed)
    terms = {"after": after, "limit": _WINDOW * limit, "detectors": [row.detector_id for row in changed]}
    seen = db.rows(_NEXT, terms)
    mine = [case_id for case_id, is_mine in seen if is_mine]
    priority.recount(case_ids=mine, now=now)
    routing.route(case_ids=mine, now=now)
    calibration.note_applied(
        calibration_ids=[row.pk for row in changed],
        up_to=seen[-1][0] if seen else after,
        is_done=len(seen) < _WINDOW * limit,
        now=now,
    )
    return max(1, len(seen))
