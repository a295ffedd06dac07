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


class WakeOn(models.TextChoices):
    """What about its subject brings a case back before its time."""

    LOGIN = "login", "a new sign-in"
    PAYOUT = "payout", "a payout asked for"
    DISPUTE = "dispute", "a chargeback or dispute"
    PAYMENT = "payment", "a new payment"
    DETAILS = "details", "changed account details"
    MESSAGE = "message", "a new message"
    LISTING = "listing", "a new or changed listing"


class InboxKind(models.TextChoices):
    """Why something stands in a person's inbox."""

    MENTION = "mention", "Mentions you"
    HANDED_OVER = "handed_over", "Handed over to you"
    RETURNED = "returned", "Came back to you"
    QUESTION = "question", "Asks a lead"
    JOB = "job", "Job finished"
    FREE = "free", "Free now"


class StakeRule(models.TextChoices):
    """How a case's money at stake is computed, in the words of interfaces, section 6."""

    OPEN_PAYOUTS = "open_payouts"
    PER_RECIPIENT = "per_recipient"
    FLAGGED_PAYMENTS = "flagged_payments"
    FIXED = "fixed"


class ScoreDisplay(models.TextChoices):
    """When the scores of detectors may be looked at in a queue."""

    ALWAYS = "always", "Always"
    ON_REQUEST = "on_request", "When asked for (key d)"
    AFTER_DECISION = "after_decision", "Only after the decision"


class Redaction(models.TextChoices):
    """What a case file leaves out."""

    NONE = "none", "Nothing is left out"
    PEOPLE = "people", "Without personal values and colleagues' names"
    WORDS = "words", "Also without what people wrote"


class BulkState(models.TextChoices):
    """How far a bulk job has come."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    REVERSING = "reversing"
    REVERSED = "reversed"
    DISCARDED = "discarded"


class ItemState(models.TextChoices):
    """What became of one case of a bulk job."""

    LISTED = "listed"
    PENDING = "pending"
    DONE = "done"
    LEFT = "left"
    FAILED = "failed"
    REVERSING = "reversing"
    REVERSED = "reversed"


class LeftOut(models.TextChoices):
    """Why a case of a bulk job was left as it is."""

    CHOSEN = "chosen", "you left it out"
    PROTECTED = "protected", "protected, and not ticked"
    DECIDED = "decided", "decided meanwhile"
    CHANGED = "changed", "changed after it was listed"
    ELSEWHERE = "elsewhere", "in another queue now"
    HELD = "held", "somebody else is working on it"
    ESCALATED = "escalated", "escalated to leads"
    BLIND = "blind", "drawn by chance: it wants a look of its own"
    RING = "ring", "a ring: its accounts are ticked one by one"
    ACTED = "acted", "already acted upon"
    STOPPED = "stopped", "the job was stopped first"


class Protection(models.TextChoices):
    """Why a case of a bulk job must be ticked by itself."""

    NONE = "", "not protected"
    HUB = "hub", "shared by very many accounts"
    STAKE = "stake", "very much money at stake"


class VeilCategory(models.TextChoices):
    """What may be hard to look at; a queue belongs to one of them, or to none."""

    GOODS = "goods", "Weapons, drugs and other forbidden goods"
    ADULT = "adult", "Nudity and sex"
    VIOLENCE = "violence", "Violence and cruelty"


class Veil(models.TextChoices):
    """How a picture is shown until somebody asks to see it."""

    OFF = "off", "Show as it is"
    BLUR = "blur", "Blur"
    GREY = "grey", "Greyscale"
    BOTH = "both", "Blur and greyscale"
    MUTE = "mute", "Hide"
