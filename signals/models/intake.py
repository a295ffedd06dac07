"""What was refused, kept for repair; and how far archives are loaded."""

from django.db import models
from django.db.models import Q

from signals.enums import DeadLetterState
from signals.models.entities import Source
from tscore.core.models import ErasableKey, User, WorkRow


class DeadLetter(WorkRow):
    """One refused item with the reason. The body (cut at 64 KiB) is encrypted under an erasable key.

    It is leased while somebody sends it in again; `attempts` counts how often that was tried. `kind` is the type it
    claims to be of, where that is one of ours.
    """

    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.CharField(max_length=16, help_text="events, signals or labels")
    kind = models.CharField(max_length=32, default="", db_default="", blank=True)
    external_id = models.CharField(max_length=200, default="", blank=True)
    body = models.BinaryField()
    body_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=32)
    pointer = models.CharField(max_length=200, default="", blank=True)
    detail = models.TextField()
    state = models.CharField(max_length=12, choices=DeadLetterState, default=DeadLetterState.OPEN)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="letter_state"),
            models.Index(fields=["source", "state", "id"], name="letter_source"),
        ]


class DeadLetterTally(models.Model):
    """What is held of one source and one code, counted beside the letters themselves.

    `unkept` counts items whose body was not kept because the place was full, `sampled` those of them that were kept
    all the same since it was last full, `expired` open ones that grew too old.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=32)
    letters = models.BigIntegerField(default=0)
    open = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    unkept = models.BigIntegerField(default=0)
    unkept_at = models.DateTimeField(null=True)
    sampled = models.IntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="letter_tally_once")]


class DeadLetterReplay(WorkRow):
    """A wish to send in again whatever is open and fits; a stage does so in small batches.

    Letters up to `last_id` are looked at in the order of their ids; `position` is the last one handled.
    """

    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=32, default="", blank=True)
    kind = models.CharField(max_length=32, default="", blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    last_id = models.BigIntegerField()
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    stored = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="letter_replay_unfinished", condition=Q(finished_at__isnull=True))]


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
