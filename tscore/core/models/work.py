"""The columns of a row that is work: who may take it, when, how often it was tried."""

from django.db import models


class WorkRow(models.Model):
    """A row whose unfinished state is the only record that something is to be done.

    A worker leases a batch (`leased_until` by the database clock, `fence` + 1), works outside any transaction and
    settles `WHERE fence = mine`. `next_at` is the earliest next try.
    """

    attempts = models.SmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0, db_default=0)
    last_error = models.TextField(default="", db_default="", blank=True)

    WORK_COLUMNS = ("attempts", "next_at", "leased_until", "fence", "last_error")

    class Meta:
        abstract = True
