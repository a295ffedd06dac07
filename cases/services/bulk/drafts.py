"""Lists of cases that shall be decided alike, before anything happens: made, narrowed, looked at, thrown away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from cases import permissions
from cases.enums import BulkState, ItemState, LeftOut, Protection
from cases.models import BulkItem, BulkJob, Case, Queue
from cases.models.bulk import MOST_CASES
from cases.verbs import Verb
from tscore.core import audit, db, money
from tscore.core.errors import Conflict, Invalid, Missing, Refused
from tscore.core.models import User


class NothingFound(Invalid):
    """No case of this queue was chosen, or none fits."""


class NotYourJob(Refused):
    """Only the person who listed these cases may do this."""

    granted_by = ""


class NotADraft(Conflict):
    """This job was started or thrown away meanwhile. Reload it to see how it stands."""


def make(*, actor: User, queue: Queue, case_ids: Sequence[int], found: int | None = None, now: datetime) -> BulkJob:
    """List cases of a queue with the version each has now, in the order given; at most MOST_CASES of them.

    Cases of other queues are not listed. Protected ones begin unticked: each must be ticked by itself.

    Args:
        found: how many the question matched, where it was cut; otherwise the number listed.

    Raises:
        BulkNotGranted: the person may not decide many cases of this queue at once.
        NothingFound.
    """
    permissions.require_bulk(actor, queue.pk)

    def made() -> BulkJob:
        wanted = list(dict.fromkeys(case_ids))[:MOST_CASES]
        rows = Case.objects.filter(pk__in=wanted, queue=queue).select_related("entity").in_bulk()
        listed = [rows[pk] for pk in wanted if pk in rows]
        if not listed:
            raise NothingFound
        job = BulkJob.objects.create(
            queue=queue, actor=actor, found=max(found or 0, len(listed)), seed=os.urandom(16), created_at=now
        )
        BulkItem.objects.bulk_create([_item(job, case, place) for place, case in enumerate(listed)])
        record(job, Verb.BULK_LISTED, actor=actor, now=now, queue=queue.slug, cases=len(listed), found=job.found)
        return job

    return db.in_any_transaction(made)


def _item(job: BulkJob, case: Case, position: int) -> BulkItem:
    protection = _protection(case)
    return BulkItem(
        job=job,
        position=position,
        case=case,
        seen_version=case.version,
        stake_minor=case.stake_minor,
        protection=protection,
        is_chosen=protection == Protection.NONE,
    )


def _protection(case: Case) -> Protection:
    if case.entity.hub:
        return Protection.HUB
    bound = settings.BULK_PROTECTED_STAKE * 10 ** money.exponent(settings.BASE_CURRENCY)
    return Protection.STAKE if case.stake_minor >= bound else Protection.NONE


def choose(*, job_id: int, actor: User, shown: Sequence[int], ticked: Sequence[int]) -> None:
    """Of the items that were shown, let those ticked take part and leave out the others.

    Raises:
        Missing, NotYourJob, NotADraft.
    """

    def chosen() -> None:
        job = locked_draft(job_id=job_id, actor=actor)
        items = BulkItem.objects.filter(job=job, pk__in=shown)
        items.filter(pk__in=ticked).update(is_chosen=True)
        items.exclude(pk__in=ticked).update(is_chosen=False)

    db.in_any_transaction(chosen)


def note_opening(*, job_id: int, case_id: int, actor: User, now: datetime) -> bool:
    """Remember that the person opened a case from their draft; return whether it is on its list."""
    mine = BulkItem.objects.filter(job=job_id, case=case_id, job__actor=actor)
    mine.filter(job__state=BulkState.DRAFT, opened_at=None).update(opened_at=now)
    return mine.exists()


def discard(*, job_id: int, actor: User, now: datetime) -> None:
    """Throw a draft away; no case was touched.

    Raises:
        Missing, NotYourJob, NotADraft.
    """

    def discarded() -> None:
        job = locked_draft(job_id=job_id, actor=actor)
        BulkItem.objects.filter(job=job).update(state=ItemState.LEFT, left_out=LeftOut.STOPPED)
        BulkJob.objects.filter(pk=job.pk).update(state=BulkState.DISCARDED, stopped_at=now, finished_at=now)
        record(job, Verb.BULK_STOPPED, actor=actor, now=now, left=job.items.count())

    db.in_any_transaction(discarded)


@db.transaction_required
def locked(*, job_id: int, actor: User) -> BulkJob:
    """Return a job, locked, with its queue and its maker; what the person may not see is not there."""
    job = db.lock(BulkJob.objects.select_related("queue", "actor")).filter(pk=job_id).first()
    if job is None or not permissions.may_bulk(actor, job.queue_id):
        raise Missing
    return job


@db.transaction_required
def locked_by_maker(*, job_id: int, actor: User) -> BulkJob:
    """Return a job of the person's own, locked."""
    job = locked(job_id=job_id, actor=actor)
    if job.actor_id != actor.pk:
        raise NotYourJob
    return job


@db.transaction_required
def locked_draft(*, job_id: int, actor: User) -> BulkJob:
    """Return a draft of the person's own, locked."""
    job = locked_by_maker(job_id=job_id, actor=actor)
    if job.state != BulkState.DRAFT:
        raise NotADraft
    return job


def record(job: BulkJob, verb: Verb, *, actor: User | None, now: datetime, **after: object) -> None:
    """Write the one audit entry of a step of a job."""
    audit.record(
        actor=actor,
        actor_name="" if actor else "system:bulk",
        verb=verb,
        object_type="bulk",
        object_ref=job.ref,
        at=now,
        after=after,
    )
