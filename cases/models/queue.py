"""Where cases wait. Rights are held on queues, never on single cases."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.enums import ScoreDisplay, StakeRule, VeilCategory
from signals.models import AbuseType


class Queue(models.Model):
    """A queue of one abuse type, with what makes a case of it.

    `is_default` marks the one queue of its abuse type that takes every case no routing rule sends elsewhere.
    `subject_roles` are the member names looked for in order (the first is the proper subject, the rest fallbacks).
    `due_minutes` maps `critical`, `high` and `other` to the promise where no `SlaPolicy` says otherwise.
    `stake_unit_minor` is the factor of `stake_rule` (for example 100 major units per recipient), in minor units of the
    base currency.
    """

    slug = models.SlugField(unique=True, max_length=32)
    name = models.CharField(max_length=64)
    position = models.SmallIntegerField()
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT, related_name="queues")
    is_default = models.BooleanField(default=True, db_default=True)
    subject_roles = ArrayField(models.CharField(max_length=32))
    due_minutes = models.JSONField()
    stake_rule = models.CharField(max_length=24, choices=StakeRule)
    stake_unit_minor = models.BigIntegerField(default=0)
    score_display = models.CharField(
        max_length=16, choices=ScoreDisplay, default=ScoreDisplay.ON_REQUEST, db_default=ScoreDisplay.ON_REQUEST
    )
    veil_category = models.CharField(
        max_length=16, choices=VeilCategory, default="", db_default="", blank=True, help_text="empty: nothing graphic"
    )
    recompute_after = models.BigIntegerField(
        null=True, help_text="id of the last case whose due time follows a changed promise; empty when all do"
    )
    recompute_at = models.DateTimeField(null=True, help_text="when to look a second time; empty in the first round")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["abuse_type"], condition=Q(is_default=True), name="queue_default_once")
        ]
        permissions: ClassVar = [
            ("review_queue", "May see and decide cases of this queue"),
            ("lead_queue", "May take escalated cases and hand over in this queue"),
            ("bulk_queue", "May decide many cases of this queue at once"),
        ]

    def __str__(self) -> str:
        return self.name
