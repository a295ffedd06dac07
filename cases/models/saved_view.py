"""Filters that people gave a name."""

from django.db import models

from cases.models.queue import Queue
from tscore.core.models import User


class SavedView(models.Model):
    """A filter of one queue, or of all a person may see, under a name; shared with whoever reviews its queue.

    `filter` is the text as it stands in an address, so that it holds nothing personal. The star is each person's own.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=40)
    filter = models.CharField(max_length=1500, default="", blank=True)
    is_shared = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)
    starred_by = models.ManyToManyField(User, related_name="starred_views")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_shared=False) | models.Q(queue__isnull=False), name="view_shared_has_queue"
            ),
        ]

    def __str__(self) -> str:
        return self.name
