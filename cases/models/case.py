"""The open question about one entity in one abuse type, and what people note about it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from cases.enums import CaseState, SkipReason, WakeOn
from cases.models.queue import Queue
from cases.models.routing import RoutingRule
from signals.enums import Lane, Severity
from signals.models import AbuseType, Entity, Signal
from tscore.core.models import ErasableKey, User

OPEN = ~Q(state=CaseState.CLOSED)


class Case(models.Model):
    """One open question; at most one open case per subject and abuse type.

    `priority` = probability x stake x (1 + used share of the due time), stored and re-ranked at `rerank_at`.
    Money is in minor units of the base currency. A claim is a lease: `claimed_by` until `claim_until` by the database
    clock, `fence` + 1 at each hand-out. `version` counts every change a decider must have seen. Of a case that a person
    opened (`opened_by`) the first note says why.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="cases", db_index=False)
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT, db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases", db_index=False)
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.QUEUED)
    severity = models.CharField(max_length=8, choices=Severity)
    lane = models.CharField(max_length=16, choices=Lane, default=Lane.DETECTION)
    inclusion_probability = models.FloatField(null=True)
    is_blind = models.BooleanField(
        default=False, db_default=False, help_text="drawn: findings and rank are shown once it is decided"
    )
    stake_minor = models.BigIntegerField()
    probability = models.FloatField()
    is_calibrated = models.BooleanField(
        default=False, db_default=False, help_text="the probability comes from labels, not from the score as it is"
    )
    top_score = models.FloatField(null=True, help_text="highest score of its live signals; none: to be counted anew")
    top_money_minor = models.BigIntegerField(null=True, help_text="most money that one of its live signals names")
    priority = models.FloatField()
    headline = models.CharField(max_length=300, default="", blank=True, help_text="sentence of the strongest reason")
    rerank_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    wait_until = models.DateTimeField(null=True)
    wait_for = models.CharField(max_length=32, default="", blank=True)
    snoozed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    wake_on = models.CharField(
        max_length=16, choices=WakeOn, default="", db_default="", blank=True, help_text="what also ends the wait"
    )
    wait_from = models.DateTimeField(null=True)
    paused = models.DurationField(
        default=timedelta(), db_default=timedelta(), help_text="opening time spent waiting for somebody outside"
    )
    routing_rule = models.ForeignKey(RoutingRule, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    escalated_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="claims", db_index=False)
    claim_until = models.DateTimeField(null=True)
    held_once = models.BooleanField(default=False)
    fence = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by", db_index=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    signals: models.ManyToManyField[Signal, CaseSignal] = models.ManyToManyField(
        Signal, through="CaseSignal", related_name="cases"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "abuse_type"], condition=OPEN, name="case_open_once"),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False)
                | Q(~Q(state=CaseState.CLOSED), closed_at__isnull=True),
                name="case_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.REVIEWING) | Q(claimed_by__isnull=False, claim_until__isnull=False),
                name="case_reviewing_has_holder",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "due_at", "id"], name="case_claim", condition=Q(state=CaseState.QUEUED)
            ),
            models.Index(fields=["queue", "-priority", "due_at", "id"], name="case_open_list", condition=OPEN),
            # Those past twice their due time have no next step: the few that `turns` hands out first.
            models.Index(
                fields=["queue", "due_at", "id"],
                name="case_overdue",
                condition=Q(state=CaseState.QUEUED, rerank_at__isnull=True),
            ),
            models.Index(fields=["claim_until"], name="case_lease", condition=Q(state=CaseState.REVIEWING)),
            models.Index(fields=["claimed_by"], name="case_holder", condition=Q(state=CaseState.REVIEWING)),
            models.Index(
                fields=["rerank_at"],
                name="case_rerank",
                condition=Q(~Q(state=CaseState.CLOSED), rerank_at__isnull=False),
            ),
            models.Index(fields=["wait_until"], name="case_waiting", condition=Q(state=CaseState.WAITING)),
            models.Index(fields=["snoozed_by"], name="case_snoozer", condition=Q(state=CaseState.WAITING)),
            models.Index(
                fields=["wait_from"], name="case_awaits_event", condition=Q(~Q(wake_on=""), state=CaseState.WAITING)
            ),
            models.Index(fields=["entity", "abuse_type", "-opened_at"], name="case_history"),
            # Cases are opened in the order of their rows, so that a summary of pages finds those of some days.
            BrinIndex(fields=["opened_at"], name="case_opened"),
            models.Index(fields=["queue", "closed_at"], name="case_closed", condition=Q(state=CaseState.CLOSED)),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The word people use, as in `C-812`."""
        return f"C-{self.pk}"

    @property
    def hides_findings(self) -> bool:
        """Whether findings and rank stay hidden: the case was drawn blind and is not decided yet."""
        return self.is_blind and self.state != CaseState.CLOSED


class CaseSignal(models.Model):
    """A signal's home: exactly one case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="case_signals")
    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="case_signal")
    attached_at = models.DateTimeField()


class CaseSkip(models.Model):
    """A person's wish not to be handed a case until some instant."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="skips")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=SkipReason)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["actor", "until"], name="skip_active")]


class Note(models.Model):
    """What a person wrote on a case, encrypted under an erasable key; pinned, it shows on every case of its subject."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.BinaryField()
    body_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    is_pinned = models.BooleanField(default=False, db_default=False)


class NoteVersion(models.Model):
    """What a note said before it was changed, under the key it had then."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    body = models.BinaryField()
    body_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()


class Draft(models.Model):
    """A half-made decision that survives a lost lease or session, encrypted under an erasable key."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.BinaryField()
    body_key = models.ForeignKey(ErasableKey, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "actor"], name="draft_once")]
