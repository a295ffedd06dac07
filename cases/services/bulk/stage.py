"""The stage that does what bulk jobs ask for: one case, one transaction, by the services of single decisions.

* An item is leased, locked by its fence, decided and settled in the transaction of its decision: whoever dies before
  the commit left nothing behind, whoever dies after it left nothing to do.
* A case that changed, was decided or moved since it was listed is left; what cannot be decided now has failed and may
  be tried again.
* Items are locked before cases, and nobody locks them the other way round.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Final

from cases import permissions
from cases.enums import CaseState, InboxKind, ItemState, LeftOut
from cases.models import BulkItem, BulkJob, Case
from cases.services import claims, decisions, inbox, leaving, reversals
from cases.services.bulk.drafts import record
from cases.verbs import Verb
from tscore.core import db, work
from tscore.core.crashpoints import crashpoint
from tscore.core.errors import Busy, Conflict, Missing, Problem
from tscore.core.errors.problems import default_detail

logger = logging.getLogger(__name__)
MOST_TRIES: Final = 5
UNDONE: Final = (ItemState.PENDING, ItemState.REVERSING)


class Elsewhere(Conflict):
    """This case is in another queue now."""


_LEAVES: Final[tuple[tuple[type[Problem], LeftOut], ...]] = (
    (decisions.CaseChanged, LeftOut.CHANGED),
    (claims.AlreadyDecided, LeftOut.DECIDED),
    (Elsewhere, LeftOut.ELSEWHERE),
)

_FINISH: Final = """
UPDATE cases_bulkjob job
   SET state = CASE job.state WHEN 'running' THEN 'done' ELSE 'reversed' END, finished_at = %(now)s
 WHERE job.state IN ('running', 'reversing')
   AND NOT EXISTS (SELECT FROM cases_bulkitem item
                    WHERE item.job_id = job.id AND item.state IN ('pending', 'reversing'))
RETURNING job.id
"""


def run_pending(*, limit: int, now: datetime) -> int:
    """Decide or take back the next cases of all jobs in turn, then finish jobs that have none left; return how many."""
    items = work.lease(BulkItem.objects.filter(state__in=UNDONE).order_by("position", "pk"), limit=limit, now=now)
    jobs = BulkJob.objects.select_related("actor").in_bulk({item.job_id for item in items})
    for item in items:
        crashpoint("bulk.before_item")
        _handle(item, jobs[item.job_id], now)
        crashpoint("bulk.after_item")
    return len(items) + db.in_transaction(lambda: _finish(now))


def _handle(item: BulkItem, job: BulkJob, now: datetime) -> None:
    step = _decide if item.state == ItemState.PENDING else _take_back
    try:
        db.in_transaction(lambda: step(item, job, now))
    except Busy as problem:
        _try_again(item, now, problem)
    except Problem as problem:
        _settle_refusal(item, problem)
    except Exception as error:
        logger.exception("Item %s of %s could not be handled", item.pk, job.ref)
        _try_again(item, now, error)


def _decide(item: BulkItem, job: BulkJob, now: datetime) -> None:
    if not _still_mine(item):
        return
    permissions.require_bulk(job.actor, job.queue_id)
    held = claims.claim(case_id=item.case_id, actor=job.actor, now=now)
    if held.queue_id != job.queue_id:
        raise Elsewhere
    assert job.policy_id and job.reason_id  # since it runs
    made = decisions.decide(
        case_id=held.pk,
        actor=job.actor,
        seen_version=item.seen_version,
        fence=held.fence,
        policy_id=job.policy_id,
        action_kinds=job.action_kinds,
        label_class=job.label_class,
        reason_id=job.reason_id,
        bulk=job.ref,
        now=now,
    )
    crashpoint("bulk.decided")
    _settle(item, state=ItemState.DONE, decision=made)


def _take_back(item: BulkItem, job: BulkJob, now: datetime) -> None:
    if not _still_mine(item):
        return
    assert item.decision_id
    if reversals.is_reversed(item.decision_id):
        _settle(item, state=ItemState.REVERSED)
        return
    made = decisions.reverse(decision_id=item.decision_id, actor=job.actor, now=now)
    _give_back(item, job, now)
    crashpoint("bulk.reversed")
    _settle(item, state=ItemState.REVERSED, reversal=made)


def _give_back(item: BulkItem, job: BulkJob, now: datetime) -> None:
    """Let a reopened case wait in its queue again: nobody can look at all of them within one lease."""
    reopened = Case.objects.filter(pk=item.case_id, state=CaseState.REVIEWING, claimed_by=job.actor)
    if reopened.exists():
        leaving.release(case_id=item.case_id, actor=job.actor, now=now)


def _still_mine(item: BulkItem) -> bool:
    mine = BulkItem.objects.filter(pk=item.pk, fence=item.fence, state=item.state)
    return db.lock(mine).exists()


def _settle(item: BulkItem, **changes: Any) -> None:
    rows = BulkItem.objects.filter(pk=item.pk, fence=item.fence, state=item.state)
    rows.update(**{"leased_until": None, "last_error": "", **changes})


def _settle_refusal(item: BulkItem, problem: Problem) -> None:
    """Write down why a case was not decided, in words that name nobody."""
    word = next((left for kind, left in _LEAVES if isinstance(problem, kind)), None)
    said = default_detail(type(problem)) if not isinstance(problem, Missing) else "You may not decide this case now."
    changes = {"state": ItemState.LEFT, "left_out": word} if word else {"state": ItemState.FAILED, "last_error": said}
    db.in_transaction(lambda: _settle(item, **changes))


def _try_again(item: BulkItem, now: datetime, error: Exception) -> None:
    said = type(error).__name__
    if item.attempts < MOST_TRIES:
        work.release([item], next_at=now + work.back_off(item.attempts), error=said)
    else:
        db.in_transaction(lambda: _settle(item, state=ItemState.FAILED, last_error=said))


def _finish(now: datetime) -> int:
    """Finish jobs without work; of two workers that look at once only one changes the row, and tells."""
    done = [pk for (pk,) in db.rows(_FINISH, {"now": now})]
    for job in BulkJob.objects.filter(pk__in=done).select_related("actor"):
        states = list(BulkItem.objects.filter(job=job).values_list("state", flat=True))
        counts = {word: states.count(word) for word in ItemState.values if word in states}
        record(job, Verb.BULK_FINISHED, actor=None, now=now, state=job.state, **counts)
        words = ", ".join(f"{count} {_SAID[ItemState(word)]}" for word, count in counts.items())
        inbox.tell(job.actor, InboxKind.JOB, now=now, words=f"{job.ref}: {words}", link=f"/bulk/{job.pk}/")
    return len(done)


_SAID: Final = {
    ItemState.DONE: "decided", ItemState.LEFT: "left", ItemState.FAILED: "failed", ItemState.REVERSED: "taken back",
    ItemState.LISTED: "listed", ItemState.PENDING: "to do", ItemState.REVERSING: "to take back",
}  # fmt: skip
