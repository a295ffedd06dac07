"""The statements of drawing: what is kept on the walk, what is taken at its end, and the cases that ask about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cases.models import Draw, SamplingPeriod
from cases.services import catalogue, priority, routing, service_levels
from cases.services.subjects import ACCOUNT_ROLES
from signals.models import Event
from tscore.core import db

HEADLINE: Final = "Drawn by chance: does anything here break a policy?"

# Ids are drawn about in the order of receipt: no batch is on its way for longer than this. The first id of an instant
# is found by halving. An index of the times would read most of the table: rows are written again, and later ones fill
# the gaps between earlier ones.
_ON_ITS_WAY: Final = timedelta(minutes=10)
_FIRST: Final = """
WITH RECURSIVE halved AS (
  SELECT wanted.at, ends.low, ends.high
    FROM (SELECT coalesce(min(id), 1) AS low, coalesce(max(id), 0) + 1 AS high FROM signals_event) ends
   CROSS JOIN unnest(%(instants)s::timestamptz[]) AS wanted (at)
   UNION ALL
  SELECT at, CASE WHEN found.received_at < at THEN found.id + 1 ELSE low END,
         CASE WHEN found.received_at < at THEN high ELSE (low + high) / 2 END
    FROM halved CROSS JOIN LATERAL (
      SELECT id, received_at FROM signals_event WHERE id >= (halved.low + halved.high) / 2 ORDER BY id LIMIT 1) found
   WHERE low < high)
SELECT low FROM halved WHERE low >= high ORDER BY at"""

# The HMAC is built of two hashes, because the database has no HMAC of its own. An event is flagged where a live signal
# of the abuse type names it. Each step is a fence to the planner.
_KEEP: Final = """
WITH near AS MATERIALIZED (
  SELECT id, source_id, external_id, kind, observed_at, scored_at FROM signals_event
   WHERE id > %(after)s AND id <= %(until)s AND received_at >= %(start)s AND received_at < %(end)s
     AND kind = ANY(%(kinds)s)
), sized AS MATERIALIZED (
  SELECT near.id, near.kind, near.source_id, near.scored_at IS NOT NULL AND NOT EXISTS (
           SELECT FROM signals_event later WHERE later.source_id = near.source_id
             AND later.external_id = near.external_id AND later.observed_at > near.observed_at) AS counts,
         EXISTS (
           SELECT FROM signals_signalevent proof JOIN signals_signal signal ON signal.id = proof.signal_id
            WHERE proof.event_id = near.id AND signal.abuse_type_id || '' = %(abuse_type)s
              AND signal.retracted_at IS NULL AND signal.mode = 'live') AS is_flagged,
         sha256(%(outer)s || sha256(%(inner)s || convert_to(source.name || E'\\x1f' || near.external_id, 'UTF8')))
           AS number
    FROM near JOIN signals_source source ON source.id = near.source_id
), strata AS (
  INSERT INTO cases_samplingstratum (period_id, kind, source_id, is_flagged, population, taken)
  SELECT %(period)s, kind, source_id, is_flagged, count(*), 0 FROM sized WHERE counts
   GROUP BY kind, source_id, is_flagged ORDER BY kind, source_id, is_flagged
  ON CONFLICT (period_id, kind, source_id, is_flagged)
  DO UPDATE SET population = cases_samplingstratum.population + excluded.population
  RETURNING id, kind, source_id, is_flagged
), ranked AS (
  SELECT strata.id AS stratum_id, sized.id AS event_id, sized.number,
         row_number() OVER (PARTITION BY strata.id ORDER BY sized.number, sized.id) AS place
    FROM sized JOIN strata USING (kind, source_id, is_flagged) WHERE sized.counts
), kept AS (
  INSERT INTO cases_draw (stratum_id, event_id, number, joined)
  SELECT stratum_id, event_id, number, false FROM ranked WHERE place <= %(budget)s
)
UPDATE cases_samplingperiod SET left_out = left_out + (SELECT count(*) FROM sized WHERE NOT counts)
 WHERE id = %(period)s
"""

# No stratum keeps more candidates than the whole budget.
_TRIM: Final = """
DELETE FROM cases_draw WHERE id IN (
  SELECT id FROM (
    SELECT draw.id, row_number() OVER (PARTITION BY draw.stratum_id ORDER BY draw.number, draw.event_id) AS place
      FROM cases_draw draw JOIN cases_samplingstratum stratum ON stratum.id = draw.stratum_id
     WHERE stratum.period_id = %(period)s) ordered
   WHERE place > %(budget)s)
"""

_TAKE: Final = """
WITH ordered AS MATERIALIZED (
  SELECT draw.id, stratum.taken, stratum.population,
         row_number() OVER (PARTITION BY draw.stratum_id ORDER BY draw.number, draw.event_id) AS place
    FROM cases_draw draw JOIN cases_samplingstratum stratum ON stratum.id = draw.stratum_id
   WHERE stratum.period_id = %(period)s
), dropped AS (
  DELETE FROM cases_draw WHERE id IN (SELECT id FROM ordered WHERE place > taken))
UPDATE cases_draw SET inclusion_probability = ordered.taken::float / ordered.population
  FROM ordered WHERE ordered.id = cases_draw.id AND ordered.place <= ordered.taken
RETURNING cases_draw.id
"""

# As in correlation: one order of rows, one open case per subject and abuse type. A subject that was drawn twice has one
# case, with the probability of the first draw; each draw keeps its own.
_OPEN: Final = """
WITH wanted AS MATERIALIZED (
  SELECT DISTINCT ON (given.entity_id) given.entity_id, draw.inclusion_probability
    FROM unnest(%(draws)s::bigint[], %(subjects)s::bigint[]) AS given (draw_id, entity_id)
    JOIN cases_draw draw ON draw.id = given.draw_id
   ORDER BY given.entity_id, draw.number)
INSERT INTO cases_case (entity_id, abuse_type_id, queue_id, state, severity, lane, is_blind, inclusion_probability,
                        stake_minor, probability, priority, headline, due_at, wait_for, held_once, fence, version,
                        opened_at)
SELECT wanted.entity_id, %(abuse_type)s, %(queue)s, 'queued', 'info', %(lane)s, %(blind)s, wanted.inclusion_probability,
       0, 0, 0, %(headline)s, %(now)s, '', false, 0, 1, %(now)s
  FROM wanted ORDER BY wanted.entity_id
ON CONFLICT (entity_id, abuse_type_id) WHERE state <> 'closed' DO NOTHING
RETURNING id
"""

_ATTACH: Final = """
UPDATE cases_draw SET entity_id = given.entity_id, case_id = home.id, joined = NOT home.id = ANY(%(opened)s)
  FROM unnest(%(draws)s::bigint[], %(subjects)s::bigint[]) AS given (draw_id, entity_id)
  JOIN cases_case home ON home.entity_id = given.entity_id AND home.abuse_type_id = %(abuse_type)s
   AND home.state <> 'closed'
 WHERE cases_draw.id = given.draw_id
"""


def id_range(start: datetime, end: datetime) -> tuple[int, int]:
    """Return the ids between which all events of a span of time lie, and few others; the first is greater for none."""
    (first,), (after,) = db.rows(_FIRST, {"instants": [start - _ON_ITS_WAY, end + _ON_ITS_WAY]})
    return first, after - 1


@db.transaction_required
def keep(*, period: SamplingPeriod, until: int, start: datetime, end: datetime, key: bytes) -> None:
    """Count the next events by stratum, and keep those of each with the smallest numbers."""
    padded = key.ljust(64, b"\0")
    terms = {
        "period": period.pk, "after": period.event_id, "until": until, "start": start, "end": end,
        "kinds": period.lane.kinds, "abuse_type": period.lane.abuse_type_id, "budget": period.budget,
        "inner": bytes(byte ^ 0x36 for byte in padded), "outer": bytes(byte ^ 0x5C for byte in padded),
    }  # fmt: skip
    db.rows(_KEEP, terms)
    db.rows(_TRIM, {"period": period.pk, "budget": period.budget})


@db.transaction_required
def take(*, period: SamplingPeriod) -> int:
    """Give those drawn their inclusion probability and forget the other candidates; return how many were drawn."""
    return len(db.rows(_TAKE, {"period": period.pk}))


@db.transaction_required
def open_cases(*, period: SamplingPeriod, now: datetime) -> list[int]:
    """Ask about the subject of every event drawn, in a case of the lane unless one is open; return the new cases."""
    abuse_type = period.lane.abuse_type_id
    queue = catalogue.current().queue_of(abuse_type)
    drawn = Draw.objects.filter(stratum__period=period).select_related("event").order_by("id")
    subject_of = {draw.pk: subject(draw.event, queue.subject_roles if queue else ()) for draw in drawn}
    if queue is None or not subject_of:
        return []
    terms = {
        "draws": list(subject_of), "subjects": list(subject_of.values()), "abuse_type": abuse_type, "queue": queue.pk,
        "lane": period.lane.lane, "blind": period.lane.is_blind, "headline": HEADLINE, "now": now,
    }  # fmt: skip
    opened = [pk for (pk,) in db.rows(_OPEN, terms)]
    db.rows(_ATTACH, terms | {"opened": opened})
    priority.recount(case_ids=opened, now=now)
    routing.route(case_ids=opened, now=now)
    service_levels.settle(case_ids=opened, now=now)
    return opened


def subject(event: Event, roles: list[str] | tuple[str, ...]) -> int:
    """Return whom an event is about for an abuse type: the first role of its queue that it names, else its own entity.

    Where the proper subject is an account, whoever acted stands for it.
    """
    named = next((event.roles[role] for role in roles if role in event.roles), None)
    acting = event.actor_id if roles and roles[0] in ACCOUNT_ROLES else None
    return int(named or acting or event.entity_id)
