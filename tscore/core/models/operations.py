"""Answers already given, things that are wrong now, exchange rates."""

from django.db import models
from django.db.models import Q

from tscore.core.models.work import WorkRow


class IdempotencyKey(models.Model):
    """The answer given to one command: status and reference, never HTML. `status` is null while the command runs."""

    key = models.CharField(max_length=255)
    actor = models.CharField(max_length=64, help_text="user:<id> or key:<prefix>")
    request_hash = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    ref = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once")]


class Alarm(models.Model):
    """One thing that is wrong now; cleared rows keep their history."""

    key = models.CharField(max_length=120)
    severity = models.CharField(max_length=12)
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    detail = models.TextField()
    runbook = models.CharField(max_length=120, default="", blank=True)
    acknowledged_by = models.ForeignKey("core.User", null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=Q(cleared_at=None), name="alarm_open_once")]


class AlarmNotice(WorkRow):
    """One message about one alarm to one channel, written beside the alarm itself; `event` is raised or cleared.

    It is settled once it was sent, or given up for good: `last_error` then says why.
    """

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="notices", db_index=False)
    channel = models.CharField(max_length=12)
    event = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "channel", "event"], name="alarm_notice_once")]
        indexes = [models.Index(fields=["id"], name="alarm_notice_unsent", condition=Q(settled_at__isnull=True))]


class StageCount(models.Model):
    """What one stage has done so far: rows handled, runs that found work, seconds; and when it ran last."""

    name = models.CharField(max_length=32, primary_key=True)
    handled = models.BigIntegerField(default=0)
    runs = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    last_at = models.DateTimeField()


class FxRate(models.Model):
    """The value of one major unit in the base currency, valid from `day` on; `exponent` = minor digits."""

    currency = models.CharField(max_length=3)
    exponent = models.SmallIntegerField()
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="fx_rate_once")]
