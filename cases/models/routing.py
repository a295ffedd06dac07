"""Which queue a case goes to where it is not the first queue of its abuse type."""

from django.db import models

from cases.models.queue import Queue


class RoutingRule(models.Model):
    """One line of the ordered list that sends cases to queues; the first that fits wins.

    `conditions` is a list of `[attribute, operator, value]` in the words of `cases.services.rulebook`; all must hold.
    A rule takes only cases of its queue's abuse type. Rules are switched off and never deleted, since cases name the
    rule that sent them.
    """

    position = models.IntegerField(help_text="read in this order")
    name = models.CharField(max_length=80)
    conditions = models.JSONField(default=list)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="routing_rules")
    is_on = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name
