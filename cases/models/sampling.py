"""What is looked at by chance: lanes, the traffic they cover, what was drawn from it and how likely that was."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from signals.enums import Lane
from signals.models import AbuseType, Entity, Event

MOST_A_DAY = 500


class SamplingLane(models.Model):
    """A stream of drawn cases of one abuse type: from which kinds of events, how many a day, and how they are shown.

    The strata are kind x source x flagged, flagged being an event that a live signal of the abuse type names. Where
    `is_blind`, reviewers see no finding before they have decided.
    """

    slug = models.SlugField(unique=True, max_length=40)
    lane = models.CharField(max_length=16, choices=Lane)
    abuse_type = models.ForeignKey(AbuseType, on_delete=models.PROTECT, related_name="lanes", db_index=False)
    kinds = ArrayField(models.CharField(max_length=32))
    daily_budget = models.SmallIntegerField()
    is_blind = models.BooleanField(default=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_budget__gte=1, daily_budget__lte=MOST_A_DAY), name="sampling_lane_budget"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class SamplingPeriod(models.Model):
    """One UTC day of one lane, walked through by the ids of its events once it is over; drawn when the walk ends.

    `left_out` counts events that nobody has scored and revisions that were corrected: no part of the population.
    """

    lane = models.ForeignKey(SamplingLane, on_delete=models.PROTECT, related_name="periods", db_index=False)
    day = models.DateField()
    budget = models.SmallIntegerField()
    event_id = models.BigIntegerField(help_text="looked at up to here")
    last_event_id = models.BigIntegerField()
    left_out = models.BigIntegerField(default=0, db_default=0)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "day"], name="sampling_period_once")]
        indexes = [models.Index(fields=["id"], name="sampling_undrawn", condition=Q(drawn_at__isnull=True))]


class SamplingStratum(models.Model):
    """One part of a day's traffic: how many events it had, and how many of them were drawn."""

    period = models.ForeignKey(SamplingPeriod, on_delete=models.PROTECT, related_name="strata", db_index=False)
    kind = models.CharField(max_length=32)
    source = models.ForeignKey("signals.Source", on_delete=models.PROTECT, related_name="+", db_index=False)
    is_flagged = models.BooleanField()
    population = models.BigIntegerField()
    taken = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "kind", "source", "is_flagged"], name="sampling_stratum_once")
        ]


class Draw(models.Model):
    """One event in the draw. `number` is its HMAC: those with the smallest of each stratum are taken.

    Until the day is drawn it is only a candidate and has no probability. `case` asks about `entity`; it may have been
    open before (`joined`): then it keeps its own lane, and only this row says how likely it was drawn.
    """

    stratum = models.ForeignKey(SamplingStratum, on_delete=models.PROTECT, related_name="draws", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    number = models.BinaryField(max_length=32)
    inclusion_probability = models.FloatField(null=True)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="draws")
    joined = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stratum", "number", "event"], name="draw_once"),
            models.CheckConstraint(
                condition=Q(inclusion_probability__isnull=True)
                | (Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1)),
                name="draw_inclusion_range",
            ),
        ]
