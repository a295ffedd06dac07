"""The audit trail: rows written inside the business transaction, sealed into a hash chain afterwards."""

from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """One thing somebody did. Append-only by grant and trigger; the sealer sets `seq`, `previous_hash`, `hash` once.

    `object_ref` and the JSON columns hold ids, references and HMAC tokens, never personal values.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey("core.User", null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=64, default="", db_default="", help_text="system:<stage> or key:<prefix>")
    on_behalf_of = models.CharField(max_length=64, default="", db_default="")
    verb = models.CharField(max_length=48)
    object_type = models.CharField(max_length=32)
    object_ref = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(default="", db_default="")
    request_id = models.CharField(max_length=64, default="", db_default="")
    ip = models.GenericIPAddressField(null=True)
    seq = models.BigIntegerField(null=True, unique=True)
    previous_hash = models.BinaryField(max_length=32, null=True)
    hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(seq__isnull=True)),
            models.Index(fields=["object_type", "object_ref"], name="audit_object"),
        ]


class AuditCheckpoint(models.Model):
    """A signed statement about the head of the chain; a copy lies outside the database."""

    seq = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(max_length=16)
