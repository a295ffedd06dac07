"""Groups of accounts that hang together: one case, many members."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.models.decision import Decision
from signals.models import Entity


class CaseMember(models.Model):
    """An account in the case of a ring.

    `shared` are the entities it shares with other members, strongest first. `decision` is the one made on the
    account's own case from the ring; members decided by one command have the same `command` and are taken back
    together, with `closing`, the decision that closed the ring's case in that command.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members", db_index=False)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="memberships")
    shared = ArrayField(models.BigIntegerField(), default=list)
    added_at = models.DateTimeField()
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="ring_members")
    command = models.CharField(max_length=32, default="", blank=True)
    closing = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="closed_members")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "entity"], name="case_member_once")]


class RingRun(models.Model):
    """One night's look for rings: how far it has come in events and in signals that reached cases.

    At most one run is unfinished, so that two workers never look at the same time.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField(help_text="looked at up to here")
    last_event_id = models.BigIntegerField()
    case_signal_id = models.BigIntegerField(help_text="looked at up to here")
    last_case_signal_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(finished_at__isnull=True), name="ring_run_unfinished_once"
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="ring_run_newest")]
