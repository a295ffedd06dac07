"""What a training table holds, one declared specification per abuse type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from signals.features.compute import FEATURE_VERSION
from signals.features.listing import LISTED
from signals.features.login import AFTERMATH, LOGINS
from signals.features.message import SENT
from signals.features.payment import DISPUTED, STARTED
from signals.features.registry import of_kinds
from signals.features.spec import Feature, Privacy
from tscore.core.errors import Invalid


class UnknownTable(Invalid):
    """There is no training table for this abuse type. Choose one from the list."""


@dataclass(frozen=True)
class DatasetSpec:
    """One row per resolved label; columns are the features of these kinds of event, as of the labelled event."""

    abuse_type: str
    title: str
    row: str
    kinds: tuple[str, ...]
    train_share: float = 0.70
    validation_share: float = 0.15

    @cached_property
    def features(self) -> list[Feature]:
        """Return the features by name; what says who somebody is stays out."""
        return [feature for feature in of_kinds(self.kinds) if feature.privacy is not Privacy.IDENTITY]

    def as_json(self) -> dict[str, Any]:
        """Return the specification as the manifest states it."""
        return {
            "abuse_type": self.abuse_type,
            "row": self.row,
            "kinds": list(self.kinds),
            "feature_version": FEATURE_VERSION,
            "features": [
                {
                    "name": feature.name,
                    "type": feature.type.value,
                    "version": feature.version,
                    "meaning": feature.meaning,
                }
                for feature in self.features
            ],
            "split": {"by": "as_of", "train": self.train_share, "validation": self.validation_share},
            "weight": "1 / inclusion_probability",
        }


SPECS: Final[dict[str, DatasetSpec]] = {
    spec.abuse_type: spec
    for spec in (
        DatasetSpec(
            "account_takeover", "Account takeover", "a log-in, change or payout of an account", (*LOGINS, *AFTERMATH)
        ),
        DatasetSpec("phishing", "Phishing", "a message", SENT),
        DatasetSpec("payment_fraud", "Payment fraud", "a payment or dispute", (*STARTED, *DISPUTED)),
        DatasetSpec("prohibited_item", "Prohibited item", "a listing as created or updated", LISTED),
    )
}


def spec_of(abuse_type: str) -> DatasetSpec:
    """Return the specification of an abuse type."""
    try:
        return SPECS[abuse_type]
    except KeyError:
        raise UnknownTable from None
