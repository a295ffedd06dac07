"""Stored words of judgement; screens translate them and never invent states."""

from django.db import models


class CaseState(models.TextChoices):
    QUEUED = "queued"
    REVIEWING = "reviewing"
    WAITING = "waiting"
    APPROVAL = "approval"
    CLOSED = "closed"


class ActionState(models.TextChoices):
    PROPOSED = "proposed"
    APPROVED = "approved"
    HELD = "held"
    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    COMPENSATED = "compensated"


class ActionMode(models.TextChoices):
    """What an action's kind promises: see interfaces, section 4."""

    REVERSIBLE = "reversible"
    HELD = "held"
    ONCE = "once"
    IRREVERSIBLE = "irreversible"


class SkipReason(models.TextChoices):
    UNCLEAR = "unclear", "Not clear enough to decide"
    LANGUAGE = "language", "Language I do not read"
    CONFLICT = "conflict", "I know the people involved"
    CONTENT = "content", "Content I would rather not see"
    LATER = "later", "Needs more time than I have now"


class WaitFor(models.TextChoices):
    """For whom a case waits while its clock stands still."""

    USER = "user", "An answer of the user"
    BANK = "bank", "The bank or card network"
    MARKETPLACE = "marketplace", "Another team of the marketplace"
    AUTHORITY = "authority", "An authority"


class InboxKind(models.TextChoices):
    """Why something stands in a person's inbox."""

    MENTION = "mention", "Mentions you"
    HANDED_OVER = "handed_over", "Handed over to you"
    RETURNED = "returned", "Came back to you"
    QUESTION = "question", "Asks a lead"
    JOB = "job", "Job finished"


class StakeRule(models.TextChoices):
    """How a case's money at stake is computed, in the words of interfaces, section 6."""

    OPEN_PAYOUTS = "open_payouts"
    PER_RECIPIENT = "per_recipient"
    FLAGGED_PAYMENTS = "flagged_payments"
    FIXED = "fixed"


class Redaction(models.TextChoices):
    """What a case file leaves out."""

    NONE = "none", "Nothing is left out"
    PEOPLE = "people", "Without personal values and colleagues' names"
    WORDS = "words", "Also without what people wrote"
