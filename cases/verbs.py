"""What people and stages do to cases and actions, as the audit trail says it."""

from django.db import models


class Verb(models.TextChoices):
    """One verb per way of changing something; the label is the sentence screens show."""

    CASE_CLAIMED = "case.claimed", "took the case"
    CASE_RELEASED = "case.released", "gave the case back"
    CASE_LEASE_EXPIRED = "case.lease_expired", "returned the case to its queue when the lease ended"
    CASE_HELD = "case.held", "held the case for four hours"
    CASE_HANDED_OVER = "case.handed_over", "handed the case over"
    CASE_SKIPPED = "case.skipped", "skipped the case"
    CASE_ESCALATED = "case.escalated", "escalated the case"
    CASE_SNOOZED = "case.snoozed", "put the case aside"
    CASE_WOKEN = "case.woken", "brought the case back when its wait was over"
    CASE_DECIDED = "case.decided", "decided the case"
    DECISION_REVERSED = "decision.reversed", "took the decision back"
    NOTE_ADDED = "note.added", "added a note"
    ACTION_DONE = "action.done", "delivered the action"
    ACTION_REFUSED = "action.refused", "recorded that the marketplace refused the action"
    ACTION_FAILED = "action.failed", "recorded that the action failed"
    ACTION_UNKNOWN = "action.unknown", "recorded that the outcome of the action is not known yet"
    ACTION_CANCELLED = "action.cancelled", "cancelled the action before it was sent"
    ACTION_COMPENSATED = "action.compensated", "recorded that the action was taken back"
    ENDPOINT_PAUSED = "endpoint.paused", "paused delivery to the marketplace"
    ENDPOINT_RESUMED = "endpoint.resumed", "let delivery to the marketplace go on"
