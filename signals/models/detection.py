"""What turns events into findings, and the findings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from signals.enums import Mode, Severity
from signals.models.entities import Entity, Source
from signals.models.events import Event
from tscore.core.models import User, WorkRow


class AbuseType(models.Model):
    """A way people are harmed; rows, not code."""

    slug = models.SlugField(primary_key=True, max_length=32)
    name = models.CharField(max_length=64)
    position = models.SmallIntegerField()

    def __str__(self) -> str:
        return self.name


class Detector(models.Model):
    """A rule, a pack's function, a model, or an outside service, known by its name."""

    name = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=16)
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT)
    title = models.CharField(max_length=120)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.LIVE)
    base_rates = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()),
        help_text="by code of a reason: how many findings with it were bad, of how many labelled, in how many days",
    )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Mute(models.Model):
    """A person's wish to be asked nothing because of one detector for some time, about one entity or about all.

    It holds from `created_at` until `expires_at`, or until somebody lifts it; there is none without an end.
    """

    detector = models.ForeignKey(Detector, on_delete=models.PROTECT, related_name="mutes", db_index=False)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="mute_ends")]
        indexes = [
            models.Index(
                fields=["detector", "entity", "expires_at"], name="mute_standing", condition=Q(lifted_at__isnull=True)
            )
        ]


class Signal(WorkRow):
    """A detector's finding about one entity. Immutable but for routing, retraction and work columns.

    `muted_by` says which mute kept a finding of the mode `muted` from asking for a case. `score` lies in [0, 1];
    `reasons` is a list of {code, sentence, value, usual, base_rate, contribution}.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=420)
    content_mac = models.BinaryField(max_length=32)
    detector = models.ForeignKey(Detector, on_delete=models.PROTECT, db_index=False)
    detector_version = models.CharField(max_length=16)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="signals")
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT, db_index=False)
    score = models.FloatField()
    severity = models.CharField(max_length=8, choices=Severity)
    reasons = models.JSONField()
    techniques = ArrayField(models.CharField(max_length=32), default=list)
    money_at_stake_base_minor = models.BigIntegerField(null=True)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.LIVE)
    muted_by = models.ForeignKey(Mute, null=True, on_delete=models.PROTECT, related_name="signals", db_index=False)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    dedupe_key = models.CharField(max_length=460)
    routed_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    events: models.ManyToManyField[Event, SignalEvent] = models.ManyToManyField(
        Event, through="SignalEvent", related_name="signals"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="signal_once"),
            models.UniqueConstraint(fields=["detector", "entity", "dedupe_key"], name="signal_dedupe"),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=1), name="signal_score_range"),
        ]
        indexes = [
            models.Index(fields=["id"], name="signal_unrouted", condition=Q(routed_at__isnull=True)),
            models.Index(fields=["muted_by", "id"], name="signal_muted_by", condition=Q(muted_by__isnull=False)),
            models.Index(fields=["entity", "id"], name="signal_muted", condition=Q(muted_by__isnull=False)),
        ]


class SignalEvent(models.Model):
    """The evidence of a signal; position 0 is the trigger, the event whose arrival raised it."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "position"], name="signal_event_position")]
