"""Answers already given, things that are wrong now, exchange rates."""

from django.db import models
from django.db.models import Q


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=Q(cleared_at=None), name="alarm_open_once")]


class FxRate(models.Model):
    """The value of one major unit in the base currency, valid from `day` on; `exponent` = minor digits."""

    currency = models.CharField(max_length=3)
    exponent = models.SmallIntegerField()
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="fx_rate_once")]
