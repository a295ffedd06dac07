"""The one registry of features, for rules, screens and training tables. A new feature is a row in its family's file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from signals.features import listing, login, message, payment, report
from signals.features.spec import Feature


class DoubledFeature(ValueError):
    """Two features have the same name. Give one of them another."""


def _collected(*families: Iterable[Feature]) -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for family in families:
        for feature in family:
            if feature.name in found:
                raise DoubledFeature(feature.name)
            found[feature.name] = feature
    return found


FEATURES: dict[str, Feature] = _collected(
    login.FEATURES, message.FEATURES, payment.FEATURES, listing.FEATURES, report.FEATURES
)

# Kinds of event for which there is anything to compute.
KINDS: frozenset[str] = frozenset(kind for feature in FEATURES.values() for kind in feature.on)


def _version() -> str:
    lines = sorted(f"{feature.name} {feature.type} {feature.version}" for feature in FEATURES.values())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


# Stored beside logged values: which set of definitions they come from.
FEATURE_VERSION = _version()


def of_kinds(kinds: Iterable[str]) -> list[Feature]:
    """Return the features computed for any of these kinds of event, by name."""
    wanted = frozenset(kinds)
    return [FEATURES[name] for name in sorted(FEATURES) if FEATURES[name].kinds & wanted]
