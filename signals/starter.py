"""The starter data of evidence: the four abuse types. Loading it twice changes nothing."""

from typing import Final

from signals.models import AbuseType

ABUSE_TYPES: Final = {
    "account_takeover": "Account takeover",
    "phishing": "Phishing",
    "payment_fraud": "Payment fraud",
    "prohibited_item": "Prohibited item",
}


def load() -> None:
    """Add the abuse types that are not there yet."""
    AbuseType.objects.bulk_create(
        [AbuseType(slug=slug, name=name, position=place) for place, (slug, name) in enumerate(ABUSE_TYPES.items(), 1)],
        ignore_conflicts=True,
    )
