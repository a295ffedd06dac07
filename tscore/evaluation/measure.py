"""Reads the figures of one replayed set from its database."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from tscore.core import db

# A label counts as found where a live signal raised before the truth was known has the labelled event among its
# evidence, or names the labelled thing itself. Accounts are judged event by event: being named once is no proof of
# everything they ever do.
FOUND = """
WITH live AS (
    SELECT id, entity_id, abuse_type_id, observed_at FROM signals_signal WHERE mode = 'live' AND retracted_at IS NULL
), evidence AS (
    SELECT e.event_id, live.abuse_type_id, min(live.observed_at) AS first_at
    FROM live JOIN signals_signalevent e ON e.signal_id = live.id GROUP BY 1, 2
), named AS (
    SELECT live.entity_id, live.abuse_type_id, min(live.observed_at) AS first_at
    FROM live JOIN signals_entity e ON e.id = live.entity_id WHERE e.kind <> 'account' GROUP BY 1, 2
)
SELECT l.verdict, coalesce(least(evidence.first_at, named.first_at) < l.known_at, false) AS found, count(*)
FROM signals_label l
LEFT JOIN evidence ON evidence.event_id = l.event_id AND evidence.abuse_type_id = l.abuse_type_id
LEFT JOIN named ON named.entity_id = l.entity_id AND named.abuse_type_id = l.abuse_type_id
WHERE l.source = 'import' AND l.verdict IN ('good', 'bad')
GROUP BY 1, 2
"""
PER_DETECTOR = """
SELECT d.name, count(DISTINCT s.id), count(DISTINCT s.id) FILTER (WHERE l.verdict = 'bad'),
       count(DISTINCT s.id) FILTER (WHERE l.verdict = 'good')
FROM signals_signal s JOIN signals_detector d ON d.id = s.detector_id
LEFT JOIN signals_signalevent se ON se.signal_id = s.id AND se.position = 0
LEFT JOIN signals_label l ON l.event_id = se.event_id AND l.source = 'import'
WHERE s.retracted_at IS NULL
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Share:
    """A part of a whole, with Wilson's 95 % interval."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the lower and upper bound in [0, 1], or None of nothing."""
        if not self.whole:
            return None
        z, n, p = 1.96, self.whole, self.part / self.whole
        centre, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (centre - spread) / (1 + z * z / n)), min(1.0, (centre + spread) / (1 + z * z / n))


@dataclass(frozen=True)
class Figures:
    """What one replay gave."""

    events: int
    days: float
    signals: int
    cases: int
    base_rate: Share
    precision: Share
    recall: Share
    detectors: list[tuple[str, int, int, int]]


def figures() -> Figures:
    """Return the figures of the database at hand."""
    counts = {(verdict, found): number for verdict, found, number in db.rows(FOUND, [])}
    bad = counts.get(("bad", True), 0) + counts.get(("bad", False), 0)
    flagged = counts.get(("bad", True), 0) + counts.get(("good", True), 0)
    ((events, days),) = db.rows(
        "SELECT count(*), extract(epoch FROM max(occurred_at) - min(occurred_at)) / 86400 FROM signals_event", []
    )
    ((signals, cases),) = db.rows(
        "SELECT (SELECT count(*) FROM signals_signal WHERE retracted_at IS NULL), (SELECT count(*) FROM cases_case)", []
    )
    return Figures(
        events=events,
        days=float(days or 0),
        signals=signals,
        cases=cases,
        base_rate=Share(bad, sum(counts.values())),
        precision=Share(counts.get(("bad", True), 0), flagged),
        recall=Share(counts.get(("bad", True), 0), bad),
        detectors=db.rows(PER_DETECTOR, []),
    )
