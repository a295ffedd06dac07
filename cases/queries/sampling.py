"""What the lanes drew and what they say of all traffic, for leads and analysts. Counts only, no case and no person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from cases.models import SamplingLane
from cases.services import sampling_estimates
from cases.services.sampling_estimates import Estimate, Part
from tscore.core import db

DAYS: Final = 28

_LANES: Final = """
SELECT lane.id, last.day, coalesce(last.drawn, 0) AS drawn, coalesce(last.left_out, 0) AS left_out,
       last.drawn_at
  FROM cases_samplinglane lane
  LEFT JOIN LATERAL (
    SELECT period.day, period.left_out, period.drawn_at,
           (SELECT sum(stratum.taken) FROM cases_samplingstratum stratum WHERE stratum.period_id = period.id) AS drawn
      FROM cases_samplingperiod period
     WHERE period.lane_id = lane.id AND period.day <= %(today)s ORDER BY period.day DESC LIMIT 1) last ON true
"""

# What was judged of the days drawn. A draw is judged by the standing decision of its case, whichever lane that has:
# the newest, unless it was taken back. Draws of one stratum on several days count 1 / probability each.
_PARTS: Final = """
WITH sizes AS (
  SELECT period.lane_id, stratum.kind, stratum.source_id, stratum.is_flagged,
         sum(stratum.population) AS population, sum(stratum.taken) AS drawn
    FROM cases_samplingstratum stratum JOIN cases_samplingperiod period ON period.id = stratum.period_id
   WHERE period.day > %(since)s AND period.day <= %(today)s AND period.drawn_at IS NOT NULL
   GROUP BY 1, 2, 3, 4),
judged AS (
  SELECT period.lane_id, stratum.kind, stratum.source_id, stratum.is_flagged,
         count(*) AS judged, count(*) FILTER (WHERE said.verdict = 'bad') AS bad,
         sum(1 / draw.inclusion_probability) AS weight, sum(1 / draw.inclusion_probability ^ 2) AS square,
         sum(1 / draw.inclusion_probability) FILTER (WHERE said.verdict = 'bad') AS bad_weight
    FROM cases_draw draw
    JOIN cases_samplingstratum stratum ON stratum.id = draw.stratum_id
    JOIN cases_samplingperiod period ON period.id = stratum.period_id
   CROSS JOIN LATERAL (
     SELECT decision.verdict FROM cases_decision decision WHERE decision.case_id = draw.case_id
      ORDER BY decision.id DESC LIMIT 1) said
   WHERE period.day > %(since)s AND period.day <= %(today)s AND draw.inclusion_probability IS NOT NULL
     AND said.verdict IN ('bad', 'good')
   GROUP BY 1, 2, 3, 4)
SELECT sizes.lane_id, sizes.kind, source.name AS source, sizes.is_flagged, sizes.population::bigint,
       sizes.drawn::bigint, coalesce(judged.judged, 0) AS judged, coalesce(judged.bad, 0) AS bad,
       coalesce(judged.weight ^ 2 / judged.square, 0) AS size, coalesce(judged.bad_weight / judged.weight, 0) AS rate
  FROM sizes JOIN signals_source source ON source.id = sizes.source_id
  LEFT JOIN judged USING (lane_id, kind, source_id, is_flagged)
 ORDER BY sizes.lane_id, sizes.kind, source.name, sizes.is_flagged
"""


@dataclass(frozen=True, slots=True)
class StratumLine:
    """One part of the traffic in the last days: its size, what was drawn, judged and found bad of it."""

    kind: str
    source: str
    is_flagged: bool
    population: int
    drawn: int
    judged: int
    bad: int


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One lane: the last day it drew from and what came of the last weeks; `estimate` is None until one is judged."""

    lane: SamplingLane
    day: date | None
    drawn: int
    left_out: int
    is_walking: bool
    strata: list[StratumLine]
    estimate: Estimate | None

    @property
    def drawn_lately(self) -> int:
        """Return how many were drawn in the weeks of the estimate."""
        return sum(line.drawn for line in self.strata)

    @property
    def judged(self) -> int:
        """Return how many of them are decided as bad or good."""
        return sum(line.judged for line in self.strata)


def lanes(*, now: datetime) -> list[LaneLine]:
    """Return every lane with its last day and its estimate over the last four weeks; three statements."""
    terms = {"today": now.date(), "since": now.date() - timedelta(days=DAYS)}
    last = {row["id"]: row for row in db.dicts(_LANES, terms)}
    parts = db.dicts(_PARTS, terms)
    found = SamplingLane.objects.select_related("abuse_type").order_by("abuse_type__position", "lane", "slug")
    return [_line(lane, last[lane.pk], [part for part in parts if part["lane_id"] == lane.pk]) for lane in found]


def _line(lane: SamplingLane, last: dict[str, object], parts: Sequence[dict[str, object]]) -> LaneLine:
    names = ("kind", "source", "is_flagged", "population", "drawn", "judged", "bad")
    return LaneLine(
        lane=lane,
        day=last["day"],  # type: ignore[arg-type]
        drawn=last["drawn"],  # type: ignore[arg-type]
        left_out=last["left_out"],  # type: ignore[arg-type]
        is_walking=last["day"] is not None and last["drawn_at"] is None,
        strata=[StratumLine(*(part[name] for name in names)) for part in parts],  # type: ignore[arg-type]
        estimate=sampling_estimates.prevalence([_part(part) for part in parts]),
    )


def _part(part: dict[str, object]) -> Part:
    size, rate = float(part["size"]), float(part["rate"])  # type: ignore[arg-type]
    return Part(population=int(part["population"]), judged=size, bad=size * rate)  # type: ignore[call-overload]
