"""Effects on the marketplace, each with its own delivery state."""

from django.db import models
from django.db.models import Q

from cases.enums import ActionState
from cases.models.decision import Decision
from signals.models import Entity
from tscore.core.models import WorkRow

UNFINISHED = Q(state__in=(ActionState.HELD, ActionState.PENDING, ActionState.SENDING, ActionState.UNKNOWN))


class Action(WorkRow):
    """One effect asked of the marketplace. `public_id` is its key over all attempts, restarts and restores.

    `next_at` is the earliest sending (the end of the undo window for held kinds). `answer` keeps what the marketplace
    said: result, before, after, reason.
    """

    public_id = models.CharField(max_length=32, unique=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ActionState)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind", "entity"], name="action_once"),
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="action_state_known"),
        ]
        indexes = [models.Index(fields=["next_at", "id"], name="action_unfinished", condition=UNFINISHED)]

    def __str__(self) -> str:
        return self.public_id
