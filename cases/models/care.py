"""What a person wants to be spared. Nobody but the person reads these rows; of limits a lead sees a count."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.enums import VeilCategory
from tscore.core.models import User


class Care(models.Model):
    """One person's wishes: a veil by category (absent = the organisation's), what is not handed out to them.

    `limit_minutes` of graphic cases a day, after which the queues of those categories hand out nothing more.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="care")
    veils = models.JSONField(default=dict)
    opted_out = ArrayField(models.CharField(max_length=16, choices=VeilCategory), default=list)
    text_first = models.BooleanField(default=False)
    limit_minutes = models.PositiveSmallIntegerField(default=45)
