"""What can be erased: personal values and what people wrote. Nothing else holds either in the clear."""

from django.db import models

from signals.models.entities import Entity
from signals.models.events import Event


class PersonalValue(models.Model):
    """The value behind an HMAC token, encrypted (AES-256-GCM, bound to the entity's kind and token)."""

    entity = models.OneToOneField(
        Entity, on_delete=models.PROTECT, primary_key=True, related_name="personal_value", db_constraint=False
    )
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16)


class PersonalText(models.Model):
    """A free-text member of an event, searchable until it is erased; `member` is a path such as `changes.0.new`."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="texts", db_constraint=False)
    member = models.CharField(max_length=64)
    text = models.TextField()
