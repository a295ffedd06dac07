"""Signals become cases: folded by (subject, abuse type) into the one open case, or a new one that follows the last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import F, Q

from cases.models import Case, CaseSignal
from cases.services import catalogue, folding, priority, routing, subjects
from signals.models import Signal
from tscore.core import db, work
from tscore.core.errors import Busy

logger = logging.getLogger(__name__)

Step = Callable[[list[int], datetime], None]

# Marks a batch as routed and tells what it is, passing over (or waiting for) signals that another one holds.
_TAKE = """
WITH due AS MATERIALIZED (
  SELECT id FROM signals_signal
   WHERE routed_at IS NULL AND (next_at IS NULL OR next_at <= %(now)s)
     AND (retracted_at IS NOT NULL) = %(retracted)s{only}
   ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE {others})
UPDATE signals_signal signal SET routed_at = %(now)s FROM due WHERE signal.id = due.id
RETURNING signal.id, signal.mode
"""

_ONLY = " AND id = ANY(%(only)s::bigint[])"

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
    return _run(_fold, limit=limit, now=now) + _run(_recount, limit=limit, now=now)


def correlate_at_once(*, signal_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Give just these signals their cases, for somebody who waits; return the public word of each one's case.

    Whoever handles one of them at this moment is waited for, so that its case is known either way.
    """
    ids = list(signal_ids)
    homes: dict[int, int] = {}
    for _ in range(db.ATTEMPTS):  # more than once only where somebody else opens the same case at this moment
        taken = db.in_transaction(lambda: _take(_fold, limit=len(ids), now=now, only=ids, wait=True))
        homes = dict(CaseSignal.objects.filter(signal_id__in=ids).values_list("signal_id", "case_id"))
        if not taken or len(homes) == len(ids):
            break
    return {signal_id: Case(pk=case_id).ref for signal_id, case_id in homes.items()}


def _run(step: Step, *, limit: int, now: datetime) -> int:
    try:
        return db.in_transaction(lambda: _take(step, limit=limit, now=now))
    except Busy:
        raise
    except Exception:
        logger.exception("A batch of signals failed; taking them one at a time")
        return _one_by_one(step, limit=limit, now=now)


def _take(step: Step, *, limit: int, now: datetime, only: list[int] | None = None, wait: bool = False) -> int:
    """Take a batch of unrouted signals and handle them; what fails takes the mark back with it."""
    statement = _TAKE.format(only="" if only is None else _ONLY, others="" if wait else "SKIP LOCKED")
    terms = {"now": now, "retracted": step is _recount, "limit": limit, "only": db.array(only or [])}
    taken = db.prepared(statement, terms)
    live = sorted(signal_id for signal_id, mode in taken if mode == "live")
    if live:
        step(live, now)
    return len(taken)


def _one_by_one(step: Step, *, limit: int, now: datetime) -> int:
    due = Q(next_at__isnull=True) | Q(next_at__lte=now)
    signals = Signal.objects.filter(due, routed_at__isnull=True, retracted_at__isnull=step is _fold).order_by("id")
    waiting = list(signals.values_list("id", "attempts")[:limit])
    for signal_id, attempts in waiting:
        try:
            db.in_transaction(lambda only=signal_id: _take(step, limit=1, now=now, only=[only]))  # type: ignore[misc]
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
    touched = folding.fold(subject_of=subject_of, now=now)
    routing.route(case_ids=touched, now=now)


def _require_queues(signal_ids: Sequence[int], known: dict[str, list[str]]) -> None:
    homeless = Signal.objects.filter(pk__in=signal_ids).exclude(abuse_type_id__in=list(known)).first()
    if homeless is not None:
        raise NoQueue(f"No queue takes the abuse type {homeless.abuse_type_id}.")


def _recount(signal_ids: list[int], now: datetime) -> None:
    touched = [case_id for (case_id,) in db.rows(_TOUCH, {"signals": signal_ids})]
    priority.recount(case_ids=touched, now=now)
    routing.route(case_ids=touched, now=now)
