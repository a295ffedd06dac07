"""What was refused, kept for repair."""

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
