"""What was refused, kept for repair; and how far archives are loaded."""

from django.db import models

from signals.enums import DeadLetterState
from signals.models.entities import Source
from tscore.core.models.erasable import ErasableKey


class DeadLetter(models.Model):
    """One refused item with the reason. The body (cut at 64 KiB) is encrypted under an erasable key."""

    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    stream = models.CharField(max_length=16, help_text="events, signals or labels")
    external_id = models.CharField(max_length=200, default="", blank=True)
    body = models.BinaryField()
    body_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=32)
    pointer = models.CharField(max_length=200, default="", blank=True)
    detail = models.TextField()
    state = models.CharField(max_length=12, choices=DeadLetterState, default=DeadLetterState.OPEN)
    received_at = models.DateTimeField()


class Backfill(models.Model):
    """How far one archive is loaded, so that a run that was killed goes on where it stopped.

    `key` is the hash of its files and of the way they are read; `position` counts its items from the beginning.
    """

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    total = models.BigIntegerField()
    position = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    labels = models.BigIntegerField(default=0)
    first_refusal = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
