"""Many cases decided alike by one person: the job, and each case on its list."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.enums import BulkState, ItemState, LeftOut, Protection
from cases.models.case import Case
from cases.models.decision import Decision, Policy, Reason
from cases.models.queue import Queue
from tscore.core.models import ErasableKey, User, WorkRow

MOST_CASES = 1000


class BulkJob(models.Model):
    """A list of cases of one queue that shall be decided alike. The list never changes once it is made.

    `found` is how many cases the question matched; at most MOST_CASES of them are listed. The record of the decision is
    empty until the job is run. `seed` draws which cases must be opened first. `note` is why, encrypted like a note.
    """

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="bulk_jobs")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bulk_jobs")
    state = models.CharField(max_length=12, choices=BulkState, default=BulkState.DRAFT)
    found = models.IntegerField()
    seed = models.BinaryField(max_length=16)
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="+")
    action_kinds = ArrayField(models.CharField(max_length=32), default=list)
    label_class = models.CharField(max_length=32, default="", blank=True)
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.BinaryField(default=b"")
    note_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=BulkState.values), name="bulk_state_known")]
        indexes = [
            models.Index(
                fields=["id"],
                name="bulk_unfinished",
                condition=Q(state__in=(BulkState.RUNNING, BulkState.REVERSING)),
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The word people use, as in `B-12`."""
        return f"B-{self.pk}"

    @property
    def word(self) -> str:
        """The word by which screens draw the state."""
        return f"bulk_{self.state}"


class BulkItem(WorkRow):
    """One case of a job, with the version that was listed; while `pending` or `reversing` the row is work.

    `is_chosen` is the person's; protected ones begin without it. `opened_at` is when the person opened it from the job.
    `decision` and `reversal` are what the job made of it, written in the transaction that made them.
    """

    job = models.ForeignKey(BulkJob, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.SmallIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_items", db_index=False)
    seen_version = models.IntegerField()
    stake_minor = models.BigIntegerField()
    protection = models.CharField(max_length=8, choices=Protection, default=Protection.NONE, blank=True)
    is_chosen = models.BooleanField(default=True)
    opened_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=ItemState, default=ItemState.LISTED)
    left_out = models.CharField(max_length=12, choices=LeftOut, default="", blank=True)
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="bulk_item")
    reversal = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="bulk_reversal")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "case"], name="bulk_case_once"),
            models.UniqueConstraint(fields=["job", "position"], name="bulk_position_once"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="bulk_item_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["position", "id"],
                name="bulk_item_work",
                condition=Q(state__in=(ItemState.PENDING, ItemState.REVERSING)),
            )
        ]
