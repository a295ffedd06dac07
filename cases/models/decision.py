"""What may be decided, and what was decided."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.queue import Queue
from signals.enums import Verdict
from signals.models import AbuseType
from tscore.core.models import User


class Policy(models.Model):
    """One version of a written rule of the marketplace and what may follow from it.

    `action_kinds` are the kinds of action it allows, `label_classes` the labels it allows. The newest version of a
    slug is in force; older versions stay for the decisions that cite them.
    """

    slug = models.SlugField(max_length=32)
    version = models.PositiveSmallIntegerField()
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    text = models.TextField()
    action_kinds = ArrayField(models.CharField(max_length=32), default=list)
    label_classes = ArrayField(models.CharField(max_length=32), default=list)
    examples = models.JSONField(default=list, help_text="worked examples: title, seen, decided, why")
    in_force = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="policy_version_once"),
            models.UniqueConstraint(fields=["slug"], condition=Q(in_force=True), name="policy_in_force_once"),
        ]

    def __str__(self) -> str:
        return f"{self.slug}@{self.version}"


class Reason(models.Model):
    """Why, in a word that can be counted; fits one policy and the listed label classes."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="reasons")
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    label_classes = ArrayField(models.CharField(max_length=32), default=list)
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "slug"], name="reason_once")]


class Preset(models.Model):
    """A complete decision on one key: policy, actions, label and reason."""

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="presets")
    position = models.PositiveSmallIntegerField(help_text="the key, 1 to 9")
    name = models.CharField(max_length=80)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    action_kinds = ArrayField(models.CharField(max_length=32), default=list)
    label_class = models.CharField(max_length=32)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT)
    safe_from_list = models.BooleanField(
        default=False, db_default=False, help_text="may be applied from a list: harms nobody and can be taken back"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "position"], name="preset_key_once")]


class Decision(models.Model):
    """What a person concluded. Immutable by grant and trigger; a later decision supersedes it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=24, choices=Verdict)
    label_class = models.CharField(max_length=32)
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, related_name="+")
    seen_version = models.IntegerField()
    case_fence = models.IntegerField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    decided_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["actor", "decided_at"], name="decision_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "case_fence"], condition=Q(supersedes__isnull=True), name="decision_once_per_claim"
            )
        ]


class EvidenceSnapshot(models.Model):
    """What the reviewer saw: references to events, members and tokens; `sha256` covers the canonical body."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="snapshot")
    body = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
