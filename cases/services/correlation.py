"""Signals become cases: folded by (subject, abuse type) into the one open case, or a new one that follows the last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet

from cases.models import Case, CaseSignal
from cases.services import catalogue, priority, routing, subjects
from signals.models import Signal
from tscore.core import db, work
from tscore.core.errors import Busy

logger = logging.getLogger(__name__)

Step = Callable[[list[int], datetime], None]

# One statement for a whole batch. Rows are written in one order, so that many correlators never wait in a circle; a
# case that closes meanwhile leaves the partial index, and the same statement opens its successor.
_FOLD = """
WITH incoming AS (
  SELECT wanted.signal_id, wanted.entity_id, signal.abuse_type_id, signal.severity
    FROM unnest(%(signals)s::bigint[], %(subjects)s::bigint[]) AS wanted (signal_id, entity_id)
    JOIN signals_signal signal ON signal.id = wanted.signal_id),
keys AS (
  SELECT entity_id, abuse_type_id,
         (array_agg(severity ORDER BY array_position(
            ARRAY['critical', 'high', 'medium', 'low', 'info'], severity::text)))[1] AS severity
    FROM incoming GROUP BY entity_id, abuse_type_id),
folded AS (
  INSERT INTO cases_case (entity_id, abuse_type_id, queue_id, state, severity, lane, stake_minor, probability, priority,
                          headline, due_at, wait_for, held_once, fence, version, opened_at)
  SELECT keys.entity_id, keys.abuse_type_id, queue.id, 'queued', keys.severity, 'detection', 0, 0, 0,
         '', %(now)s + make_interval(mins =>
           coalesce(queue.due_minutes ->> keys.severity, queue.due_minutes ->> 'other')::int),
         '', false, 0, 1, %(now)s
    FROM keys JOIN cases_queue queue ON queue.abuse_type_id = keys.abuse_type_id AND queue.is_default
   ORDER BY keys.entity_id, keys.abuse_type_id
  ON CONFLICT (entity_id, abuse_type_id) WHERE state <> 'closed'
  DO UPDATE SET version = cases_case.version + 1
  RETURNING id, entity_id, abuse_type_id),
attached AS (
  INSERT INTO cases_casesignal (case_id, signal_id, attached_at)
  SELECT folded.id, incoming.signal_id, %(now)s
    FROM incoming JOIN folded USING (entity_id, abuse_type_id)
  ON CONFLICT (signal_id) DO NOTHING)
SELECT id FROM folded
"""

_TOUCH = """
WITH held AS MATERIALIZED (
  SELECT c.id FROM cases_case c
   WHERE c.state <> 'closed'
     AND c.id IN (SELECT attached.case_id FROM cases_casesignal attached WHERE attached.signal_id = ANY(%(signals)s))
   ORDER BY c.entity_id, c.abuse_type_id
     FOR NO KEY UPDATE)
UPDATE cases_case SET version = version + 1 FROM held WHERE cases_case.id = held.id RETURNING cases_case.id
"""


class NoQueue(Exception):
    """No queue takes this abuse type."""


def correlate_pending(*, limit: int, now: datetime) -> int:
    """Give every unrouted signal its case, and recount the cases of signals that were retracted.

    * live signals join the open case of their subject, or open one;
    * shadow signals and retracted ones that never had a case are only marked as routed;
    * a signal that cannot be handled is put aside with its error and tried again later; the others go on.
    """
    handled = _run(_fold, Signal.objects.filter(retracted_at__isnull=True), limit=limit, now=now)
    return handled + _run(_recount, Signal.objects.filter(retracted_at__isnull=False), limit=limit, now=now)


def correlate_at_once(*, signal_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Give just these signals their cases, for somebody who waits; return the public word of each one's case.

    Whoever handles one of them at this moment is waited for, so that its case is known either way.
    """
    signals = Signal.objects.filter(pk__in=list(signal_ids), retracted_at__isnull=True)
    db.in_transaction(lambda: _take(_fold, signals, limit=len(signal_ids), now=now, wait=True))
    homes = CaseSignal.objects.filter(signal_id__in=list(signal_ids)).values_list("signal_id", "case_id")
    return {signal_id: Case(pk=case_id).ref for signal_id, case_id in homes}


def _run(step: Step, signals: QuerySet[Signal], *, limit: int, now: datetime) -> int:
    try:
        return db.in_transaction(lambda: _take(step, signals, limit=limit, now=now))
    except Busy:
        raise
    except Exception:
        logger.exception("A batch of signals failed; taking them one at a time")
        return _one_by_one(step, signals, limit=limit, now=now)


def _take(step: Step, signals: QuerySet[Signal], *, limit: int, now: datetime, wait: bool = False) -> int:
    """Lock a batch of unrouted signals, passing over (or waiting for) those another one holds, and handle them."""
    due = signals.filter(Q(next_at__isnull=True) | Q(next_at__lte=now), routed_at__isnull=True).order_by("id")
    mine = due.select_for_update(skip_locked=not wait, no_key=True, of=("self",))
    locked = list(mine.values_list("id", "mode")[:limit])
    live = [signal_id for signal_id, mode in locked if mode == "live"]
    if live:
        step(live, now)
    Signal.objects.filter(pk__in=[signal_id for signal_id, _ in locked]).update(routed_at=now)
    return len(locked)


def _one_by_one(step: Step, signals: QuerySet[Signal], *, limit: int, now: datetime) -> int:
    due = signals.filter(Q(next_at__isnull=True) | Q(next_at__lte=now), routed_at__isnull=True).order_by("id")
    waiting = list(due.values_list("id", "attempts")[:limit])
    for signal_id, attempts in waiting:
        one = Signal.objects.filter(pk=signal_id, retracted_at__isnull=step is _fold)
        try:
            db.in_transaction(lambda one=one: _take(step, one, limit=1, now=now))  # type: ignore[misc]
        except Exception as error:
            logger.warning("Signal %s cannot be routed: %s", signal_id, error)
            _put_aside(signal_id, error, next_at=now + work.back_off(attempts + 1))
    return len(waiting)


def _put_aside(signal_id: int, error: Exception, *, next_at: datetime) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    Signal.objects.filter(pk=signal_id).update(attempts=F("attempts") + 1, next_at=next_at, last_error=text)


def _fold(signal_ids: list[int], now: datetime) -> None:
    roles_of = {queue.abuse_type_id: queue.subject_roles for queue in catalogue.current().defaults()}
    _require_queues(signal_ids, roles_of)
    subject_of = subjects.resolve(signal_ids=signal_ids, roles_of=roles_of)
    signals, owners = list(subject_of), list(subject_of.values())
    touched = [case_id for (case_id,) in db.rows(_FOLD, {"signals": signals, "subjects": owners, "now": now})]
    priority.recount(case_ids=touched, now=now)
    routing.route(case_ids=touched, now=now)


def _require_queues(signal_ids: Sequence[int], known: dict[str, list[str]]) -> None:
    homeless = Signal.objects.filter(pk__in=signal_ids).exclude(abuse_type_id__in=list(known)).first()
    if homeless is not None:
        raise NoQueue(f"No queue takes the abuse type {homeless.abuse_type_id}.")


def _recount(signal_ids: list[int], now: datetime) -> None:
    touched = [case_id for (case_id,) in db.rows(_TOUCH, {"signals": signal_ids})]
    priority.recount(case_ids=touched, now=now)
    routing.route(case_ids=touched, now=now)
