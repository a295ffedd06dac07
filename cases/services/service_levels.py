"""Promises of queues: due times follow policy and opening hours, and stand still while a case waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from cases.models import Case, CaseWait, Queue, WorkingCalendar
from cases.services import calendars, promises
from cases.services.ranking import RERANK_SQL, USED_SQL
from tscore.core import db

# Rows of the table of cases looked at in one step, for each row the step may handle.
_WINDOW: Final = 4
# Longer than any transaction of a stage or a page.
_SECOND_ROUND: Final = timedelta(minutes=2)

_WAITED = promises.BETWEEN_SQL.format(calendar="policy.calendar_id", start="w.started_at", end="w.ended_at")

# Locks in the order of correlation. Pauses are counted again from the waits, because another calendar counts them
# differently; a wait that still goes on counts once it is over.
_SETTLE = f"""
WITH held AS MATERIALIZED (
  SELECT c.id, c.queue_id, c.severity, c.opened_at FROM cases_case c
   WHERE c.id = ANY(%(cases)s) AND c.state <> 'closed'
   ORDER BY c.entity_id, c.abuse_type_id
     FOR NO KEY UPDATE),
paused AS (
  SELECT held.id,
         coalesce(sum({_WAITED}), interval '0') AS paused
    FROM held
    LEFT JOIN cases_slapolicy policy ON policy.queue_id = held.queue_id AND policy.severity = held.severity
    LEFT JOIN cases_casewait w ON w.case_id = held.id AND w.ended_at IS NOT NULL
   GROUP BY held.id),
mine AS (
  SELECT held.id, held.queue_id, held.severity, held.opened_at, paused.paused, q.due_minutes
    FROM held JOIN paused USING (id) JOIN cases_queue q ON q.id = held.queue_id),
promised AS (
  SELECT mine.id, mine.opened_at, mine.paused, {promises.DUE_SQL.format(case="mine")} AS new_due_at
    FROM mine
    LEFT JOIN cases_slapolicy policy ON policy.queue_id = mine.queue_id AND policy.severity = mine.severity),
stepped AS (SELECT promised.*, {USED_SQL.format(opened="opened_at", due="new_due_at")} AS used FROM promised)
UPDATE cases_case c
   SET due_at = stepped.new_due_at, paused = stepped.paused,
       priority = c.probability * c.stake_minor * (1 + stepped.used),
       rerank_at = {RERANK_SQL.format(used="stepped.used", opened="c.opened_at", due="stepped.new_due_at")}
  FROM stepped
 WHERE stepped.id = c.id
"""

# Reads the next rows of the whole table by its key, so that a step costs the same in every plan and at every size.
_NEXT = """
WITH near AS MATERIALIZED (
  SELECT c.id, c.queue_id, c.state FROM cases_case c WHERE c.id > %(after)s ORDER BY c.id LIMIT %(limit)s)
SELECT near.id, near.queue_id = %(queue)s AND near.state <> 'closed' FROM near
"""


@db.transaction_required
def settle(*, case_ids: Sequence[int], now: datetime) -> None:
    """Work out pause, due time and rank of open cases from the promises as they are now; one statement."""
    if case_ids:
        db.rows(_SETTLE, {"cases": list(case_ids), "now": now})


@db.transaction_required
def stop_clock(case: Case, *, wait_for: str, now: datetime) -> None:
    """Let the clock of a case stand still while it waits for somebody outside; the caller holds the row."""
    CaseWait.objects.create(case=case, wait_for=wait_for, started_at=now)


@db.transaction_required
def start_clocks(*, case_ids: Sequence[int], now: datetime) -> None:
    """Let clocks that stand still go on with the rest of their time; the caller holds the rows."""
    if not case_ids:
        return
    waiting = CaseWait.objects.filter(case_id__in=case_ids, ended_at=None)
    stopped = list(waiting.values_list("case_id", flat=True))
    if stopped:
        waiting.update(ended_at=now)
        settle(case_ids=stopped, now=now)


def ask_again(queue_ids: Sequence[int]) -> None:
    """Have the stage work out the due times of all open cases of these queues, from the first one, twice.

    A transaction that read the old promise may commit a new case behind the stage: the second round finds it.
    """
    Queue.objects.filter(pk__in=queue_ids).update(recompute_after=0, recompute_at=None)


def recompute_due(*, limit: int, now: datetime) -> int:
    """Write calendars further out, and bring open cases in line with promises that changed; return how many rows."""
    return db.in_transaction(lambda: _extend(now)) or db.in_transaction(lambda: _next_step(limit * _WINDOW, now))


def _extend(now: datetime) -> int:
    short = WorkingCalendar.objects.filter(spans_until__lt=now + calendars.KEPT_AHEAD)
    for calendar in db.lock(short)[:10]:
        calendars.write_out(calendar, now=now)
        ask_again(list(calendar.policies.values_list("queue_id", flat=True)))
        return 1
    return 0


def _next_step(limit: int, now: datetime) -> int:
    due = Queue.objects.filter(Q(recompute_at__isnull=True) | Q(recompute_at__lte=now), recompute_after__isnull=False)
    queue = due.select_for_update(skip_locked=True, no_key=True).order_by("id").first()
    if queue is None:
        return 0
    near = db.rows(_NEXT, {"after": queue.recompute_after, "queue": queue.pk, "limit": limit})
    settle(case_ids=[case_id for case_id, is_ours in near if is_ours], now=now)
    Queue.objects.filter(pk=queue.pk).update(**_after(queue, near[-1][0] if len(near) == limit else None, now))
    return max(1, len(near))


def _after(queue: Queue, last: int | None, now: datetime) -> dict[str, Any]:
    """Return where to go on: behind the last row, or in a second round, or nowhere."""
    if last is not None:
        return {"recompute_after": last}
    if queue.recompute_at is None:
        return {"recompute_after": 0, "recompute_at": now + _SECOND_ROUND}
    return {"recompute_after": None, "recompute_at": None}
