"""The four queues, as section 6 of the interfaces lists them."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.enums import StakeRule, VeilCategory


@dataclass(frozen=True, slots=True)
class QueueData:
    """One queue: whose case it makes, by when it promises an answer, what is at stake."""

    slug: str
    name: str
    abuse_type: str
    subject_roles: tuple[str, ...]
    due_minutes: Mapping[str, int]
    stake_rule: StakeRule
    stake_unit_major: int = 0
    veil_category: str = ""


def _due(critical: int, high: int, other: int) -> dict[str, int]:
    return {"critical": critical, "high": high, "other": other}


QUEUES = (
    QueueData(
        slug="ato",
        name="Account takeover",
        abuse_type="account_takeover",
        subject_roles=("account", "session", "device", "ip"),
        due_minutes=_due(30, 60, 240),
        stake_rule=StakeRule.OPEN_PAYOUTS,
    ),
    QueueData(
        slug="phishing",
        name="Phishing",
        abuse_type="phishing",
        subject_roles=("sender", "message", "domain"),
        due_minutes=_due(30, 120, 480),
        stake_rule=StakeRule.PER_RECIPIENT,
        stake_unit_major=100,
    ),
    QueueData(
        slug="payments",
        name="Payments",
        abuse_type="payment_fraud",
        subject_roles=("buyer", "card", "payment"),
        due_minutes=_due(60, 240, 1440),
        stake_rule=StakeRule.FLAGGED_PAYMENTS,
    ),
    QueueData(
        slug="listings",
        name="Listings",
        abuse_type="prohibited_item",
        subject_roles=("listing",),
        due_minutes=_due(60, 480, 1440),
        stake_rule=StakeRule.FIXED,
        stake_unit_major=50,
        veil_category=VeilCategory.GOODS,
    ),
)
