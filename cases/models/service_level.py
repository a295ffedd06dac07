"""By when a queue promises a decision: targets, opening hours, and the waits during which the clock stands still."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models.queue import Queue
from signals.enums import Severity


class WorkingCalendar(models.Model):
    """Opening hours in a time zone. `hours` has seven lists, Monday first, of `[opens, closes]` in minutes of the day.

    `spans_until` says how far `OpenSpan` is written out; a stage keeps it far ahead.
    """

    name = models.CharField(max_length=64, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    hours = models.JSONField()
    holidays = ArrayField(models.DateField(), default=list)
    spans_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class OpenSpan(models.Model):
    """One stretch of opening time, written out so that due times of many cases come from two look-ups each.

    `seconds_before` is the opening time of all earlier spans of the calendar.
    """

    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.CASCADE, related_name="spans", db_index=False)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    seconds_before = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "opens_at"], name="span_opens_once"),
            models.UniqueConstraint(fields=["calendar", "seconds_before"], name="span_counts_on"),
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="span_has_length"),
        ]


class SlaPolicy(models.Model):
    """What one queue promises for one severity: a decision within so many minutes of opening time.

    Without a calendar the queue is open day and night. Where a queue has no policy for a severity, its own
    `due_minutes` hold, day and night.
    """

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="sla_policies", db_index=False)
    severity = models.CharField(max_length=8, choices=Severity)
    target_minutes = models.PositiveIntegerField()
    calendar = models.ForeignKey(WorkingCalendar, null=True, on_delete=models.PROTECT, related_name="policies")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "severity"], name="sla_policy_once"),
            models.CheckConstraint(condition=Q(target_minutes__gt=0), name="sla_target_is_positive"),
        ]


class CaseWait(models.Model):
    """A time during which a case waited for somebody outside, so that its clock stood still."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="waits")
    wait_for = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="case_waits_once"),
        ]
