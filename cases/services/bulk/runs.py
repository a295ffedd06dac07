"""Starting a bulk job, stopping it, trying again what failed, taking the whole of it back. A stage does the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cases import permissions
from cases.action_kinds import KINDS
from cases.enums import ActionMode, BulkState, ItemState, LeftOut
from cases.models import BulkItem, BulkJob, Preset
from cases.services import catalogue, choices, notes
from cases.services.bulk import standing
from cases.services.bulk.drafts import locked, locked_by_maker, locked_draft, record
from cases.services.bulk.standing import Standing
from cases.verbs import Verb
from tscore.core import crypto, db, work
from tscore.core.errors import Conflict, FieldProblem, Invalid
from tscore.core.models import User

FINAL_MODES = frozenset({ActionMode.ONCE, ActionMode.HELD})
STAGE = "bulk"


class NoSuchPreset(Invalid):
    """Choose what should happen: one of the presets of this queue."""


class NothingTakesPart(Invalid):
    """No case is left on this list that could be decided."""


class SampleNotOpened(Invalid):
    """Open every case of the spot check first."""


class CountNotTyped(Invalid):
    """Some of this cannot be taken back. Type the number of cases to confirm."""


class ListChanged(Conflict):
    """The list is not the one you saw: a case changed, was taken or decided. Look at the preview again."""


class NotRunning(Conflict):
    """This job is not running: nothing is left to stop."""


class NotFinished(Conflict):
    """This job is still at work. Stop it, or wait until it is done."""


class NothingToDo(Conflict):
    """Nothing of this job is left to do that with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for: the preset, why, the list as it was shown, and the number typed where it is needed."""

    preset: int
    reason: str
    seen: str
    typed: str = ""


def start(*, job_id: int, actor: User, wanted: Wanted, now: datetime) -> BulkJob:
    """Let a draft run: every case that takes part becomes work, all others are left with their reason.

    Raises:
        Missing, NotYourJob, NotADraft, BulkNotGranted.
        NoSuchPreset, BadChoice: no preset of the queue, or one that may not be applied like this.
        BadNote: no reason in words, or one too long.
        NothingTakesPart, SampleNotOpened, CountNotTyped: what must be done first.
        ListChanged: the list is not the one that was shown.
    """

    def started() -> BulkJob:
        job = locked_draft(job_id=job_id, actor=actor)
        permissions.require_bulk(actor, job.queue_id)
        preset, found = preset_of(job, wanted.preset), standing.of(job)
        _require_ready(job, found, preset, wanted)
        _keep(job, preset, wanted, now)
        _hand_out(job, found)
        count = len(standing.taking_part(found))
        left = len(found) - count
        record(job, Verb.BULK_STARTED, actor=actor, now=now, cases=count, left=left, preset=preset.position,
               policy=str(catalogue.current().policies[preset.policy_id]), label_class=preset.label_class,
               actions=preset.action_kinds)  # fmt: skip
        work.wake(STAGE)
        return job

    return db.in_any_transaction(started)


def preset_of(job: BulkJob, position: int) -> Preset:
    """Return a preset of the job's queue, checked like any decision.

    Raises:
        NoSuchPreset, BadChoice.
    """
    known = catalogue.holding([job.queue_id])
    preset = next((one for one in known.presets_of(job.queue_id) if one.position == position), None)
    if preset is None:
        raise NoSuchPreset
    choices.check(
        queue=known.queues[job.queue_id],
        policy_id=preset.policy_id,
        action_kinds=preset.action_kinds,
        label_class=preset.label_class,
        reason_id=preset.reason_id,
    )
    return preset


def is_final(action_kinds: Sequence[str]) -> bool:
    """Tell whether one of these actions cannot be taken back once it left."""
    return any(KINDS[kind].mode in FINAL_MODES for kind in action_kinds)


def _require_ready(job: BulkJob, found: Sequence[Standing], preset: Preset, wanted: Wanted) -> None:
    count = len(standing.taking_part(found))
    if not count:
        raise NothingTakesPart
    if standing.digest(found, preset=preset.position) != wanted.seen:
        raise ListChanged
    if any(not one.is_opened for one in standing.sample(job, found)):
        raise SampleNotOpened
    if is_final(preset.action_kinds) and wanted.typed.strip() != str(count):
        raise CountNotTyped(fields=[FieldProblem("typed", "invalid", f"Type {count}.")])


def _keep(job: BulkJob, preset: Preset, wanted: Wanted, now: datetime) -> None:
    body = wanted.reason.strip()
    if not 1 <= len(body) <= notes.LONGEST or "\x00" in body:
        raise notes.BadNote("Say why in 1 to 5,000 characters.", fields=[FieldProblem("why", "invalid", "Say why.")])
    key, ciphertext = crypto.seal_erasable(body, [], now)
    key.save()
    job.state, job.started_at, job.note, job.note_key = BulkState.RUNNING, now, ciphertext, key
    job.policy_id, job.reason_id = preset.policy_id, preset.reason_id
    job.label_class, job.action_kinds = preset.label_class, list(preset.action_kinds)
    job.save()


def _hand_out(job: BulkJob, found: Sequence[Standing]) -> None:
    items = BulkItem.objects.filter(job=job)
    items.filter(pk__in=[one.item_id for one in standing.taking_part(found)]).update(state=ItemState.PENDING)
    for word in LeftOut.values:
        same = [one.item_id for one in found if one.left_out == word]
        if same:
            items.filter(pk__in=same).update(state=ItemState.LEFT, left_out=word)


def stop(*, job_id: int, actor: User, now: datetime) -> BulkJob:
    """Stop a running job: what is not decided yet is left. Whoever may do this in the queue may stop it.

    Raises:
        Missing, NotRunning.
    """

    def stopped() -> BulkJob:
        job = locked(job_id=job_id, actor=actor)
        if job.state != BulkState.RUNNING or job.stopped_at:
            raise NotRunning
        # Waits for the one that is being decided at this moment, which is then no longer pending.
        left = _of(job, ItemState.PENDING).update(state=ItemState.LEFT, left_out=LeftOut.STOPPED, leased_until=None)
        BulkJob.objects.filter(pk=job.pk).update(stopped_at=now)
        record(job, Verb.BULK_STOPPED, actor=actor, now=now, left=left)
        work.wake(STAGE)
        return job

    return db.in_any_transaction(stopped)


def retry(*, job_id: int, actor: User, now: datetime) -> BulkJob:
    """Try again what failed: to decide it, or to take it back.

    Raises:
        Missing, NotYourJob, NotFinished, NothingToDo.
    """

    def retried() -> BulkJob:
        job = _finished(job_id, actor)
        failed = _of(job, ItemState.FAILED)
        fresh = {"attempts": 0, "next_at": None, "leased_until": None, "last_error": ""}
        is_back = job.state == BulkState.REVERSED
        again = failed.filter(decision__isnull=not is_back)
        count = again.update(state=ItemState.REVERSING if is_back else ItemState.PENDING, **fresh)
        _go_on(job, BulkState.REVERSING if is_back else BulkState.RUNNING, count)
        record(job, Verb.BULK_RETRIED, actor=actor, now=now, cases=count)
        return job

    return db.in_any_transaction(retried)


def reverse(*, job_id: int, actor: User, now: datetime) -> BulkJob:
    """Take back every decision the job made, each as if it had been taken back by itself; its cases go to the queue.

    Raises:
        Missing, NotYourJob, NotFinished, NothingToDo.
    """

    def asked() -> BulkJob:
        job = _finished(job_id, actor)
        fresh = {"attempts": 0, "next_at": None, "leased_until": None, "last_error": ""}
        count = _of(job, ItemState.DONE).update(state=ItemState.REVERSING, **fresh)
        _go_on(job, BulkState.REVERSING, count)
        record(job, Verb.BULK_REVERSED, actor=actor, now=now, cases=count)
        return job

    return db.in_any_transaction(asked)


def reason_of(job: BulkJob) -> str | None:
    """Return why the job was run, or None once that is erased or before it runs."""
    return crypto.open_erasable(job.note_key, bytes(job.note)) if job.note_key_id else None


def _finished(job_id: int, actor: User) -> BulkJob:
    job = locked_by_maker(job_id=job_id, actor=actor)
    if job.state not in (BulkState.DONE, BulkState.REVERSED):
        raise NotFinished
    return job


def _go_on(job: BulkJob, state: BulkState, count: int) -> None:
    if not count:
        raise NothingToDo
    BulkJob.objects.filter(pk=job.pk).update(state=state, finished_at=None, stopped_at=None)
    work.wake(STAGE)


def _of(job: BulkJob, state: ItemState) -> QuerySet[BulkItem]:
    return BulkItem.objects.filter(job=job, state=state)
