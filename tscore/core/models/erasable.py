"""Keys whose deletion makes a text unreadable for ever."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ErasableKey(models.Model):
    """One wrapped data key for one free text (note, draft, dead letter).

    `tokens` lists the HMAC tokens of the personal values inside, so that erasing a person finds the text.
    """

    wrapped = models.BinaryField(max_length=80)
    tokens = ArrayField(models.CharField(max_length=80), default=list)
    created_at = models.DateTimeField()
