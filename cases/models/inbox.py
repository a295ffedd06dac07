"""What waits for one person's eyes: a pointer each, never a text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.enums import InboxKind
from cases.models.case import Case, Note
from tscore.core.models import User


class InboxItem(models.Model):
    """One thing a person was told. `words` and `link` are ours (counts, an address of the console), never a person's.

    Whoever may no longer see the case's queue is not shown the item any more.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inbox", db_index=False)
    kind = models.CharField(max_length=12, choices=InboxKind)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.ForeignKey(Note, null=True, on_delete=models.PROTECT, related_name="told")
    words = models.CharField(max_length=160, default="", blank=True)
    link = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "note"], condition=Q(note__isnull=False), name="inbox_once_per_note"
            ),
            models.CheckConstraint(condition=Q(case__isnull=False) | ~Q(link=""), name="inbox_leads_somewhere"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="inbox_list"),
            models.Index(fields=["person", "-id"], name="inbox_waiting", condition=Q(done_at__isnull=True)),
        ]
