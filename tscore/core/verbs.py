"""What people and machines do on the floor; the label is the sentence the audit page shows."""

from django.db import models


class Verb(models.TextChoices):
    SIGNED_IN = "signed_in", "signed in"
    SIGN_IN_REFUSED = "sign_in_refused", "tried to sign in and was refused"
    SIGNED_OUT = "signed_out", "signed out"
    API_KEY_CREATED = "api_key_created", "created an API key"
    API_KEY_REVOKED = "api_key_revoked", "revoked an API key"
