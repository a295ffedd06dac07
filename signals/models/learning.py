"""Statements about the truth, and tables made from them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from signals.enums import LabelSource, Lane, Verdict
from signals.models.detection import AbuseType, Detector
from signals.models.entities import Entity
from signals.models.events import Event


class Label(models.Model):
    """A statement about the truth of an entity or an event. Append-only; a later row supersedes, nothing is edited.

    `occurred_at` is when the labelled thing happened, `known_at` when the truth became known: nothing may use the
    label before that. `origin` is text such as `decision:8123` or `import:fdh`. `inclusion_probability` is null
    unless a sampling design drew the item.
    """

    external_id = models.CharField(max_length=200)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="labels")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="labels")
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT, db_index=False)
    verdict = models.CharField(max_length=24, choices=Verdict)
    label_class = models.CharField(max_length=32)
    source = models.CharField(max_length=16, choices=LabelSource)
    actor = models.CharField(max_length=64)
    confidence = models.FloatField(default=1.0)
    reason = models.CharField(max_length=64, default="", blank=True)
    occurred_at = models.DateTimeField()
    known_at = models.DateTimeField()
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    lane = models.CharField(max_length=16, choices=Lane, default=Lane.DETECTION)
    inclusion_probability = models.FloatField(null=True)
    origin = models.CharField(max_length=64, db_index=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "external_id"], name="label_once"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0) & Q(confidence__lte=1), name="label_confidence_range"
            ),
            models.CheckConstraint(
                condition=Q(inclusion_probability__isnull=True)
                | (Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1)),
                name="label_inclusion_range",
            ),
        ]
        indexes = [models.Index(fields=["abuse_type", "known_at"], name="label_known")]


class DatasetVersion(models.Model):
    """A frozen training table: specification, hash and where its files lie (a folder name under DATA/datasets)."""

    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT)
    as_of = models.DateTimeField()
    spec = models.JSONField()
    rows = models.IntegerField()
    positives = models.IntegerField()
    content_hash = models.CharField(max_length=64)
    manifest = models.JSONField()
    folder = models.CharField(max_length=200)
    built_at = models.DateTimeField()
    built_by = models.ForeignKey("core.User", null=True, on_delete=models.PROTECT, related_name="+")


class Calibration(models.Model):
    """What a detector's scores have meant by the labels known at `as_of`: steps that only rise.

    A score of at least `scores[i]` and below the next means `probabilities[i]`; the first of `scores` is 0. `lanes`
    counts the labels used by lane; `is_weighted` says that each counted 1 / inclusion probability. A new fit replaces
    the current one, which stays on record.
    """

    detector = models.ForeignKey(Detector, on_delete=models.PROTECT, related_name="calibrations", db_index=False)
    detector_version = models.CharField(max_length=16)
    as_of = models.DateTimeField()
    method = models.CharField(max_length=16, default="isotonic")
    scores = ArrayField(models.FloatField())
    probabilities = ArrayField(models.FloatField())
    bad = models.IntegerField()
    good = models.IntegerField()
    lanes = models.JSONField()
    is_weighted = models.BooleanField()
    is_current = models.BooleanField(default=True)
    fitted_at = models.DateTimeField()
    applied_up_to = models.BigIntegerField(default=0, help_text="open cases were ranked anew up to this id")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["detector"], condition=Q(is_current=True), name="calibration_current_once")
        ]
        indexes = [
            models.Index(fields=["detector", "-id"], name="calibration_newest"),
            models.Index(fields=["id"], name="calibration_unapplied", condition=Q(applied_at__isnull=True)),
        ]


class CalibrationRun(models.Model):
    """One night's look at what labels say of scores; at most one a night."""

    night = models.DateField(unique=True)
    finished_at = models.DateTimeField(null=True)
    detector_id = models.BigIntegerField(default=0, help_text="looked at up to here")
