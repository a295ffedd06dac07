"""Who has a case open at this moment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.case import Case
from tscore.core.models import User


class Presence(models.Model):
    """One person with one case open; `seen_at` is renewed every few seconds while somebody looks at the page.

    `wants_free` = tell this person when nobody holds the case any more.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()
    wants_free = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "actor"], name="presence_once")]
        indexes = [
            models.Index(fields=["actor"], name="presence_actor"),
            models.Index(fields=["case"], name="presence_wants_free", condition=Q(wants_free=True)),
        ]
