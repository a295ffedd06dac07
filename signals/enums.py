"""Stored words of evidence: lower-case, the same in JSON and in the database."""

from django.db import models


class Severity(models.TextChoices):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


SEVERITY_RANK = {word: rank for rank, word in enumerate(Severity.values)}


class Mode(models.TextChoices):
    """Whether a signal asks for a case: only `live` ones do.

    Those of `shadow` are tried out, those of `backfill` tell of loaded history, `muted` ones nobody wants to be asked
    about for a while.
    """

    LIVE = "live"
    SHADOW = "shadow"
    BACKFILL = "backfill"
    MUTED = "muted"


class Verdict(models.TextChoices):
    BAD = "bad"
    GOOD = "good"
    UNSURE = "unsure"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    OUT_OF_POLICY = "out_of_policy"
    WITHDRAWN = "withdrawn"


class LabelSource(models.TextChoices):
    """Who said so. The first nine stand in order of precedence; `gold` and `import` are kept apart."""

    APPEAL = "appeal"
    ADJUDICATION = "adjudication"
    SECOND_REVIEW = "second_review"
    DISPUTE_OUTCOME = "dispute_outcome"
    CHARGEBACK = "chargeback"
    REVIEWER = "reviewer"
    USER_REPORT = "user_report"
    RULE = "rule"
    GOLD = "gold"
    IMPORT = "import"


class Lane(models.TextChoices):
    DETECTION = "detection"
    RANDOM = "random"
    SHADOW = "shadow"
    UNCERTAINTY = "uncertainty"
    DIVERSITY = "diversity"
    GOLD = "gold"
    SECOND_REVIEW = "second_review"
    APPEAL = "appeal"
    REPORT = "report"
    BULK = "bulk"  # decided together with others after a spot check, never looked at for itself


CLASS_VERDICT = {
    "legit": Verdict.GOOD,
    "detector_error": Verdict.GOOD,
    "payment.service": Verdict.GOOD,
    "ato.confirmed": Verdict.BAD,
    "phishing.credential": Verdict.BAD,
    "phishing.off_platform": Verdict.BAD,
    "phishing.spam": Verdict.BAD,
    "payment.third_party": Verdict.BAD,
    "payment.friendly": Verdict.BAD,
    "payment.card_testing": Verdict.BAD,
    "prohibited.drugs": Verdict.BAD,
    "prohibited.weapons": Verdict.BAD,
    "prohibited.wildlife": Verdict.BAD,
    "prohibited.counterfeit": Verdict.BAD,
    "prohibited.other": Verdict.BAD,
    "unsure": Verdict.UNSURE,
    "insufficient_evidence": Verdict.INSUFFICIENT_EVIDENCE,
    "out_of_policy": Verdict.OUT_OF_POLICY,
    "withdrawn": Verdict.WITHDRAWN,
}


class DeadLetterState(models.TextChoices):
    OPEN = "open"
    REPLAYED = "replayed"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


class DismissReason(models.TextChoices):
    """Why nobody will send a refused item in again."""

    SENT_AGAIN = "sent_again", "Its sender sent it again, corrected"
    NOT_NEEDED = "not_needed", "It is not needed"
    TEST = "test", "It was only a test"
    UNREPAIRABLE = "unrepairable", "It cannot be repaired"


class EventStatus(models.TextChoices):
    """What became of one item of a batch; never stored, only answered."""

    NEW = "new"
    DUPLICATE = "duplicate"
    SUPERSEDING = "superseding"
    STALE = "stale"
    REFUSED = "refused"


class ImageState(models.TextChoices):
    """How far our copy of a picture is."""

    WANTED = "wanted"
    KEPT = "kept"
    REFUSED = "refused"
