"""The lanes there are from the start: a few random cases of each abuse type a day, shown blind."""

from typing import Final

from signals.enums import Lane

DAILY_BUDGET: Final = 10

# Of which kinds of events each abuse type's traffic consists.
LANES: Final[dict[str, tuple[str, ...]]] = {
    "account_takeover": ("login.succeeded", "account.updated", "payout.requested"),
    "phishing": ("message.sent",),
    "payment_fraud": ("payment.authorized", "payment.captured", "payment.refused"),
    "prohibited_item": ("listing.created", "listing.updated"),
}


def lane_slug(abuse_type: str) -> str:
    """Return the name of the random lane of an abuse type."""
    return f"{Lane.RANDOM}-{abuse_type.replace('_', '-')}"
