"""What people and machines do on the floor; the label is the sentence the audit page shows."""

from django.db import models


class Verb(models.TextChoices):
    """One verb per way of changing something."""

    SIGNED_IN = "user.signed_in", "signed in"
    SIGN_IN_REFUSED = "user.sign_in_refused", "tried to sign in and was refused"
    SIGNED_OUT = "user.signed_out", "signed out"
    API_KEY_CREATED = "api_key.created", "created an API key"
    API_KEY_REVOKED = "api_key.revoked", "revoked an API key"
    ALARM_ACKNOWLEDGED = "alarm.acknowledged", "said that they look after an alarm"
