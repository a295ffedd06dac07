"""What can be erased: personal values and what people wrote. Nothing else holds either in the clear."""

from typing import Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from signals.models.entities import Entity
from signals.models.events import Event

# What the search box reads, and how much of each: what lies behind is seldom asked for, and its words cost the most.
SEARCHED_MEMBERS: Final = ("title", "description", "text", "name")
SEARCHED_LETTERS: Final = 2_000


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

    class Meta:
        # Only what is searched: every event with a user agent would pay for more. `simple` knows no language, and so
        # favours none.
        indexes = [
            GinIndex(
                SearchVector(Left("text", SEARCHED_LETTERS), config="simple"),
                name="personaltext_words",
                condition=Q(member__in=SEARCHED_MEMBERS),
            )
        ]
