"""Facts from the marketplace. Immutable but for their work columns."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from signals.models.entities import Entity, Source
from tscore.core.models.work import WorkRow

PAYOUT_KINDS = ("payout.requested", "payout.held", "payout.released", "payout.paid")


class Event(WorkRow):
    """One revision of a fact. Current is the revision with the greatest `observed_at` of its `(source, external_id)`.

    `payload` is `data` with personal values replaced by tokens, text members left out (they lie in `PersonalText`),
    and `base_minor` beside each amount. `roles` maps member name to entity id (the first, where there are several).
    `features` are the values as seen when it was scored. Of its keys the database checks only the primary entity's: all
    are drawn in the same transaction, from rows that nothing deletes.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_index=False)
    actor = models.ForeignKey(
        Entity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    occurred_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    content_mac = models.BinaryField(max_length=32)
    payload = models.JSONField()
    roles = models.JSONField()
    amount_base_minor = models.BigIntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=24), default=list)
    features = models.JSONField(null=True)
    feature_version = models.CharField(max_length=16, null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id", "observed_at"], name="event_revision_once")
        ]
        indexes = [
            models.Index(fields=["id"], name="event_unscored", condition=Q(scored_at__isnull=True)),
            # A burst of failed log-ins is looked for in one sender's whole stream, which no entity's index covers.
            models.Index(fields=["source", "occurred_at"], name="event_failed_login", condition=Q(kind="login.failed")),
            # How often reports are right is counted over the newest of all reporters.
            models.Index(fields=["occurred_at"], name="event_report", condition=Q(kind="report.created")),
        ]


class Involvement(models.Model):
    """An entity's part in an event: the index that windows, time lines and look-ups read. Derived from events.

    `superseded_at` is the `observed_at` of the next revision: a row counts as of instant T where
    `observed_at <= T < superseded_at`. Primary entity, actor, device, ip, card and amount are the event's, copied so
    that long windows need not look up a month of events. It is written beside the rows it names, which nothing deletes:
    checking its keys would cost more than writing it.
    """

    pk = models.CompositePrimaryKey("event", "entity", "role")
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="involvements", db_index=False, db_constraint=False
    )
    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, related_name="involvements", db_index=False, db_constraint=False
    )
    role = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    occurred_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    primary_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    device_id = models.BigIntegerField(null=True)
    ip_id = models.BigIntegerField(null=True)
    card_id = models.BigIntegerField(null=True)
    amount_base_minor = models.BigIntegerField(null=True)

    COPIED = ("device", "ip", "card")  # members whose entity stands in a column of this name

    class Meta:
        indexes = [
            models.Index(fields=["entity", "occurred_at"], name="involvement_entity_time"),
            # What an account may still be paid is asked whenever its case grows, however much else it does.
            models.Index(
                fields=["entity"],
                name="involvement_payout",
                condition=Q(kind__in=PAYOUT_KINDS, superseded_at__isnull=True),
            ),
        ]
