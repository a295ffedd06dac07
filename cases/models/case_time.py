"""How long people had a case, by claim: shown per queue, to a person only about themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.queue import Queue
from tscore.core.models import User


class CaseTime(models.Model):
    """The times of one claim of a case, in milliseconds; counted from the claim of the server's clock.

    * `claimed_ms`: from the claim until the page was last left;
    * `active_ms`, `idle_ms`: with the page in front; a pause of over 60 s is idle;
    * `first_input_ms`, `submitted_ms`: from opening the page; `painted_ms`: from submitting until the next case stood.

    What the browser measured is bounded by what the server saw. The person is kept so that they can see their own.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", db_index=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    claimed_at = models.DateTimeField()
    left_at = models.DateTimeField()
    claimed_ms = models.BigIntegerField()
    active_ms = models.BigIntegerField()
    idle_ms = models.BigIntegerField()
    first_input_ms = models.BigIntegerField(null=True)
    submitted_ms = models.BigIntegerField(null=True)
    painted_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "actor", "claimed_at"], name="case_time_once"),
            models.CheckConstraint(
                condition=Q(active_ms__gte=0, idle_ms__gte=0, claimed_ms__gte=0), name="case_time_counts_up"
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "left_at"], name="case_time_queue"),
            models.Index(fields=["actor", "left_at"], name="case_time_own"),
        ]
