"""What waits to be copied into the feature log, and what is in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tscore.core.models import WorkRow


class ScoredBatch(models.Model):
    """Events whose values were logged together and are not copied yet; written in the transaction that logs them."""

    event_ids = ArrayField(models.BigIntegerField())
    scored_at = models.DateTimeField()


class FeaturePart(WorkRow):
    """One number of the feature log: a file for each day on which its events were received.

    The events are named here before a file is written, and its number is the file's name, so that whoever repeats the
    work writes the same files again. Once they are written `files` names them ({path, day, rows, bytes, sha256}) and
    `event_ids` is empty.
    """

    event_ids = ArrayField(models.BigIntegerField())
    files = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    planned_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="feature_part_unwritten", condition=Q(written_at__isnull=True))]
