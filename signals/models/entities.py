"""Who and what events are about. Entities and links are derived from events and updated in place."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Source(models.Model):
    """A sender of events and signals, as named in the CloudEvents member `source`."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Entity(models.Model):
    """A thing with an id of its own, or an attribute that links such things.

    For the personal kinds (`email phone address ip card payout_account`) `external_id` is an HMAC token `tok_…` of the
    normalised value, or a sender's own pseudonym `~…`. `ref` is the opaque word in page addresses.
    """

    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=200)
    ref = models.CharField(max_length=24)
    attributes = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    state = models.CharField(max_length=24, default="", db_default="", blank=True)
    state_at = models.DateTimeField(null=True)
    hub = models.BooleanField(default=False, db_default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "external_id"], name="entity_once"),
            # Not `unique=True`, which would keep a second index for LIKE.
            models.UniqueConstraint(fields=["ref"], name="entity_ref_once"),
        ]
        # Domains are few and seldom new, and are looked for by parts of them and with typos.
        indexes = [
            GinIndex(
                fields=["external_id"],
                opclasses=["gin_trgm_ops"],
                name="entity_domain_parts",
                condition=Q(kind="domain"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class Link(models.Model):
    """Two entities seen together in events; `kind` is the member name of the target.

    Written beside the rows it names, which nothing deletes: checking its keys would cost more than writing it.
    """

    pk = models.CompositePrimaryKey("origin", "target", "kind")
    origin = models.ForeignKey(
        Entity, on_delete=models.PROTECT, related_name="links_out", db_index=False, db_constraint=False
    )
    target = models.ForeignKey(
        Entity, on_delete=models.PROTECT, related_name="links_in", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=32)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    count = models.IntegerField(default=1)

    class Meta:
        # By what does not change when the two are seen together again, so that it need not be written again.
        indexes = [models.Index(fields=["target", "first_seen_at"], name="link_target")]
