"""Our own copies of pictures that strangers named: the only ones that are ever shown."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from signals.enums import ImageState
from signals.models.entities import Entity
from tscore.core.models import WorkRow


class ImageCopy(WorkRow):
    """A picture drawn anew, or why it is not shown. Deleting the row erases it; asked for again, it is fetched again.

    `refusal` is one word of ours. `sha256` is that of `content`.
    """

    entity = models.OneToOneField(Entity, on_delete=models.PROTECT, related_name="image_copy", db_constraint=False)
    state = models.CharField(max_length=12, choices=ImageState)
    refusal = models.CharField(max_length=32, default="", db_default="", blank=True)
    content = models.BinaryField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    asked_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state=ImageState.WANTED), name="imagecopy_wanted"),
            models.Index(fields=["asked_at"], name="imagecopy_age"),
        ]
