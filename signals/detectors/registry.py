"""The detectors that run, by name. A pack adds its own by listing them."""

from __future__ import annotations

from collections import defaultdict

from signals.detectors.base import Detector
from signals.packs import account_takeover, payment_fraud, phishing, prohibited_items, reports

PACKS = (account_takeover, phishing, payment_fraud, prohibited_items, reports)

DETECTORS: dict[str, Detector] = {detector.name: detector for pack in PACKS for detector in pack.DETECTORS}


def by_kind() -> dict[str, tuple[Detector, ...]]:
    found: dict[str, list[Detector]] = defaultdict(list)
    for detector in DETECTORS.values():
        for kind in sorted(detector.kinds):
            found[kind].append(detector)
    return {kind: tuple(detectors) for kind, detectors in found.items()}


BY_KIND: dict[str, tuple[Detector, ...]] = by_kind()
