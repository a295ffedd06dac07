"""As many rules as a goal asks for: those we have, and simple ones over the same windows beside them."""

from __future__ import annotations

from signals.detectors import registry
from signals.detectors.base import EventView, Finding, PackRule, Reason
from signals.features.registry import FEATURES

VARIABLE = "BENCH_RULES"  # how many rules a measured server has for each kind
KINDS = {kind: feature.role for feature in reversed(FEATURES.values()) for kind in feature.on}
NEVER = 1e12
LARGE_MINOR = 98_000  # two payments in a hundred of the bench's own


def fill_up(count: int) -> None:
    """Let exactly so many rules look at each kind that has features, or all we have where those are more."""
    for kind, role in KINDS.items():
        own = registry.BY_KIND.get(kind, ())
        more = tuple(_rule(kind, role, number) for number in range(count - len(own)))
        registry.BY_KIND[kind] = own + more
        registry.DETECTORS.update({rule.name: rule for rule in more})


def _rule(kind: str, role: str, number: int) -> PackRule:
    names = [name for name, feature in FEATURES.items() if kind in feature.on]
    asked = [names[(number * 3 + step) % len(names)] for step in range(3)] if names else []

    def find(view: EventView) -> Finding | None:
        if number == 0 and (view.amount_base_minor or 0) >= LARGE_MINOR:
            return Finding(role, 0.75, (Reason("large", "A large payment.", view.amount_base_minor),))
        for feature in asked:
            if view.at_least(feature, NEVER):
                return Finding(role, 0.75, (Reason("never", "This never happens.", 1),))
        return None

    name = f"bench.{kind.replace('.', '_')}_{number}"
    return PackRule(name, "1", "payment_fraud", "Rule of the bench", frozenset({kind}), find)
