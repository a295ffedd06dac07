"""The nightly look for rings: around accounts that were found something about, and that share something new, since.

The place reached is a row: events by their ids and signals as they reached cases. A look that was interrupted goes on
there; one that is done waits for the next night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from cases.models import CaseSignal, RingRun
from cases.services import rings
from cases.services.ring_groups import JOINED, WEIGHTS
from cases.services.ring_reads import A_HOP, LINKS
from signals.models import Event
from tscore.core import db

HOUR_UTC: Final = 2
EVENTS_A_STEP: Final = 2000
# Ids are drawn before rows are committed: so many of the last look's events are looked at once more.
OVERLAP: Final = 2000
_STRONG: Final = sorted(kind for kind, weight in WEIGHTS.items() if weight >= JOINED)
_TRY_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('cases.ring_nights'))"

# Accounts whose case got a finding.
_FOUND: Final = """
SELECT DISTINCT c.entity_id
  FROM cases_casesignal attached
  JOIN cases_case c ON c.id = attached.case_id
  JOIN signals_entity subject ON subject.id = c.entity_id AND subject.kind = 'account'
 WHERE attached.id > %(start)s AND attached.id <= %(end)s
"""

# Accounts that were first seen with a device, a card and the like in one of these events: a link that is no older
# than the event came with it.
_SHARING: Final = """
WITH acting AS MATERIALIZED (
  SELECT account.id, min(event.occurred_at) AS since
    FROM signals_event event
   CROSS JOIN LATERAL (VALUES (event.entity_id), (event.actor_id)) AS part (id)
    JOIN signals_entity account ON account.id = part.id AND account.kind = 'account'
   WHERE event.id > %(start)s AND event.id <= %(end)s
   GROUP BY account.id)
SELECT acting.id FROM acting
 WHERE EXISTS (
   SELECT FROM (SELECT link.target_id, link.first_seen_at FROM signals_link link
                 WHERE link.origin_id = acting.id ORDER BY link.target_id DESC LIMIT %(links)s) held
     JOIN signals_entity thing ON thing.id = held.target_id AND thing.kind = ANY(%(kinds)s) AND NOT thing.hub
    WHERE held.first_seen_at >= acting.since)
"""


def look_nightly(*, limit: int, now: datetime) -> int:
    """Look around the next accounts of this night; return how many events and findings were looked through.

    Joins nobody's transaction: each step keeps what it found together with the place it reached.
    """
    return db.in_transaction(lambda: _step(limit, now))


def _step(limit: int, now: datetime) -> int:
    if not db.rows(_TRY_LOCK)[0][0]:
        return 0
    run = RingRun.objects.filter(finished_at=None).first() or _begin(now)
    if run is None:
        return 0
    signals_end = min(run.case_signal_id + limit, run.last_case_signal_id)
    events_end = min(run.event_id + EVENTS_A_STEP, run.last_event_id)
    handled = (signals_end - run.case_signal_id) + (events_end - run.event_id)
    accounts = sorted({*_found(run, signals_end), *_sharing(run, events_end)})
    for start in range(0, len(accounts), A_HOP):
        rings.find_near(entity_ids=accounts[start : start + A_HOP], now=now)
    run.case_signal_id, run.event_id = signals_end, events_end
    is_done = (signals_end, events_end) == (run.last_case_signal_id, run.last_event_id)
    run.finished_at = now if is_done else None
    run.save(update_fields=["case_signal_id", "event_id", "finished_at"])
    return handled


def _begin(now: datetime) -> RingRun | None:
    """Begin tonight's look where the last one ended, unless there was one tonight."""
    last = RingRun.objects.order_by("-started_at").first()
    if last is not None and last.started_at >= _night(now):
        return None
    last_event = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    last_signal = CaseSignal.objects.aggregate(last=Max("pk"))["last"] or 0
    return RingRun.objects.create(
        started_at=now,
        event_id=min(last_event, max(0, last.last_event_id - OVERLAP)) if last else 0,
        last_event_id=last_event,
        case_signal_id=min(last_signal, last.last_case_signal_id) if last else 0,
        last_case_signal_id=last_signal,
    )


def _night(now: datetime) -> datetime:
    """Return when the night that counts now began."""
    tonight = now.replace(hour=HOUR_UTC, minute=0, second=0, microsecond=0)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def _found(run: RingRun, end: int) -> list[int]:
    return [pk for (pk,) in db.rows(_FOUND, {"start": run.case_signal_id, "end": end})]


def _sharing(run: RingRun, end: int) -> list[int]:
    terms = {"start": run.event_id, "end": end, "links": LINKS, "kinds": _STRONG}
    return [pk for (pk,) in db.rows(_SHARING, terms)]
