"""What a person answered in practice. Their own business: it is counted nowhere and shown to nobody else."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.decision import Decision, Policy, Reason
from tscore.core.models import User


class PracticeAnswer(models.Model):
    """The last answer of a person to a decided case, in the words of a decision."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_index=False)
    action_kinds = ArrayField(models.CharField(max_length=32), default=list)
    label_class = models.CharField(max_length=32)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "decision"], name="practice_answer_once")]
