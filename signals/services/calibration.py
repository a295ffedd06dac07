"""What scores have meant: every night, for each detector that labels say enough about, a probability for each score.

A label counts where it was known when the night began. Those that a sampling design drew speak for all traffic, each
with the weight 1 / inclusion probability; where there are enough of them they alone count. Otherwise all labels do,
and what they say holds for cases like those that people chose to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from signals.enums import LabelSource
from signals.models import Calibration, CalibrationRun, Detector
from signals.services import isotonic
from signals.services.isotonic import Point
from tscore.core import db

HOUR_UTC: Final = 3
WINDOW: Final = timedelta(days=365)
BASE_RATE_WINDOW: Final = timedelta(days=90)
MOST_SIGNALS: Final = 5000  # the newest of a detector
LEAST_LABELS: Final = 60
LEAST_EACH: Final = 10  # of those bad, and of those good

# Score, verdict, lane, chance of having been drawn, when it was found, codes of its reasons.
_Row = tuple[float, str, str, float | None, datetime, list[str]]

# Labels made in bulk are left out: nobody looked at each, so that they mostly say what the detector said. The newest
# findings of a detector with the label that then held: of the event that raised the finding, else the one of
# its entity about a time not before the finding. As everywhere: the strongest source, then what was known last.
_LABELLED: Final = """
WITH newest AS MATERIALIZED (
  SELECT signal.id, signal.score, signal.entity_id, signal.observed_at, proof.event_id,
         ARRAY(SELECT DISTINCT reason->>'code' FROM jsonb_array_elements(signal.reasons) reason) AS codes
    FROM signals_signal signal
    LEFT JOIN signals_signalevent proof ON proof.signal_id = signal.id AND proof.position = 0
   WHERE signal.detector_id = %(detector)s AND signal.detector_version = %(version)s AND signal.mode <> 'shadow'
     AND signal.retracted_at IS NULL AND signal.observed_at > %(since)s AND signal.observed_at <= %(as_of)s
   ORDER BY signal.id DESC LIMIT %(most)s
)
SELECT newest.score, truth.verdict, truth.lane, truth.inclusion_probability, newest.observed_at, newest.codes
  FROM newest CROSS JOIN LATERAL (
    SELECT said.* FROM (
      SELECT l.*, 0 AS far FROM signals_label l WHERE l.event_id = newest.event_id
       UNION ALL
      SELECT l.*, 1 FROM signals_label l
       WHERE l.entity_id = newest.entity_id AND l.event_id IS NULL AND l.occurred_at >= newest.observed_at) said
     WHERE said.known_at <= %(as_of)s AND said.abuse_type_id || '' = %(abuse_type)s AND said.source <> 'gold'
       AND said.lane <> 'bulk'
       AND said.verdict <> 'withdrawn'
       AND NOT EXISTS (SELECT FROM signals_label n WHERE n.supersedes_id = said.id AND n.known_at <= %(as_of)s)
     ORDER BY said.far, array_position(%(sources)s::varchar[], said.source), said.known_at DESC, said.id DESC
     LIMIT 1) truth
 WHERE truth.verdict IN ('bad', 'good')
"""


def fit_nightly(*, limit: int, now: datetime) -> int:
    """Look at the next detectors of this night; return how many were looked at."""
    return db.in_transaction(lambda: _step(limit, now))


def _step(limit: int, now: datetime) -> int:
    night = (now - timedelta(hours=HOUR_UTC)).date()
    run = _run(night)
    if run is None:
        return 0
    detectors = list(Detector.objects.filter(pk__gt=run.detector_id).order_by("id")[:limit])
    for detector in detectors:
        fit(detector=detector, as_of=now, now=now)
        run.detector_id = detector.pk
    if len(detectors) < limit:
        run.finished_at = now
    run.save(update_fields=["detector_id", "finished_at"])
    return len(detectors)


def _run(night: Any) -> CalibrationRun | None:
    """Return this night's look, held by this worker alone, or None where it is done or another one holds it."""
    CalibrationRun.objects.bulk_create([CalibrationRun(night=night)], ignore_conflicts=True)
    free = CalibrationRun.objects.select_for_update(skip_locked=True, no_key=True)
    return free.filter(night=night, finished_at=None).first()


@db.transaction_required
def fit(*, detector: Detector, as_of: datetime, now: datetime) -> Calibration | None:
    """Store what the scores of a detector have meant by the labels known at `as_of`; return what holds now.

    Where labels are too few nothing holds: scores then stand for themselves. What says the same as before is not
    stored again.
    """
    rows = _labelled(detector, as_of)
    _note_base_rates(detector, rows, as_of)
    drawn = [row for row in rows if row[3] is not None]
    used = drawn if _enough(drawn) else rows
    current = Calibration.objects.filter(detector=detector, is_current=True).first()
    if not _enough(used):
        _retire(current)
        return None
    steps = isotonic.fit(isotonic.normalised([_point(row) for row in used]))
    if current and (current.detector_version, current.scores, current.probabilities) == (detector.version, *steps):
        return current
    _retire(current)
    verdicts = Counter(row[1] for row in used)
    return Calibration.objects.create(
        detector=detector, detector_version=detector.version, as_of=as_of, scores=steps.scores,
        probabilities=steps.probabilities, bad=verdicts["bad"], good=verdicts["good"],
        lanes=dict(sorted(Counter(row[2] for row in used).items())), is_weighted=bool(drawn), fitted_at=now,
    )  # fmt: skip


def _retire(current: Calibration | None) -> None:
    """Let a calibration hold no longer; the cases ranked by it are ranked anew."""
    if current is not None:
        Calibration.objects.filter(pk=current.pk).update(is_current=False, applied_up_to=0, applied_at=None)


def _note_base_rates(detector: Detector, rows: Sequence[_Row], as_of: datetime) -> None:
    """Store for each code of a reason how many of its labelled findings of 90 days were bad."""
    recent = [row for row in rows if row[4] > as_of - BASE_RATE_WINDOW]
    every, bad = (
        Counter(code for row in recent if verdict in (None, row[1]) for code in row[5]) for verdict in (None, "bad")
    )
    days = BASE_RATE_WINDOW.days
    found = {code: {"bad": bad[code], "of": of, "days": days} for code, of in every.items() if of >= LEAST_EACH}
    if found != detector.base_rates:
        detector.base_rates = found
        detector.save(update_fields=["base_rates"])


def _labelled(detector: Detector, as_of: datetime) -> list[_Row]:
    terms = {
        "detector": detector.pk, "version": detector.version, "abuse_type": detector.abuse_type_id, "as_of": as_of,
        "since": as_of - WINDOW, "most": MOST_SIGNALS, "sources": LabelSource.values,
    }  # fmt: skip
    return db.rows(_LABELLED, terms)


def _enough(rows: Sequence[_Row]) -> bool:
    bad = sum(row[1] == "bad" for row in rows)
    return len(rows) >= LEAST_LABELS and min(bad, len(rows) - bad) >= LEAST_EACH


def _point(row: _Row) -> Point:
    score, verdict, _, inclusion = row[:4]
    return Point(score, float(verdict == "bad"), 1 / inclusion if inclusion else 1.0)


def unapplied() -> list[Calibration]:
    """Return the calibrations, new or retired, by which open cases were not all ranked anew yet."""
    return list(Calibration.objects.filter(applied_at=None).order_by("id"))


@db.transaction_required
def note_applied(*, calibration_ids: Sequence[int], up_to: int, is_done: bool, now: datetime) -> None:
    """Note how far open cases were ranked anew."""
    rows = Calibration.objects.filter(pk__in=list(calibration_ids))
    rows.update(applied_up_to=up_to, applied_at=now if is_done else None)
