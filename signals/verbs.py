"""What people do to evidence, as the audit trail says it."""

from django.db import models


class Verb(models.TextChoices):
    """One verb per way of changing something; the label is the sentence screens show."""

    DEAD_LETTER_REPLAYED = "dead_letter.replayed", "sent the refused item in again"
    DEAD_LETTER_DISMISSED = "dead_letter.dismissed", "put the refused item aside"
    DEAD_LETTER_OPENED = "dead_letter.opened", "read the body of the refused item"
    DEAD_LETTER_REFUSED = "dead_letter.refused_again", "sent the refused item in again; it was refused again"
    DEAD_LETTERS_ASKED = "dead_letters.replay_asked", "asked for refused items to be sent in again"
    MUTED = "mute.set", "muted a detector"
    MUTE_LIFTED = "mute.lifted", "lifted a mute before its end"
    DATASET_BUILT = "dataset.built", "built a training table"
    DATASET_TAKEN = "dataset.taken", "downloaded the data of a training table"
