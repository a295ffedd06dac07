"""The policies in force, as people read them: text, what may follow, worked examples. From the catalogue alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.action_kinds import KINDS
from cases.models import Policy, Reason
from cases.services import catalogue
from signals.enums import CLASS_VERDICT
from tscore.core.errors import Missing


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One policy; `labels` are (class, verdict), an example has title, seen, decided and why."""

    slug: str
    version: int
    name: str
    abuse_name: str
    text: str
    actions: list[str]
    labels: list[tuple[str, str]]
    reasons: list[Reason]
    examples: list[Mapping[str, str]]


def policies() -> list[PolicyPage]:
    """Return the policies in force by name."""
    found = [policy for policy in catalogue.current().policies.values() if policy.in_force]
    return [_page(policy) for policy in sorted(found, key=lambda policy: policy.name)]


def policy(slug: str) -> PolicyPage:
    """Return the policy of this slug that is in force, or raise Missing."""
    found = next((page for page in policies() if page.slug == slug), None)
    if found is None:
        raise Missing
    return found


def _page(row: Policy) -> PolicyPage:
    known = catalogue.current()
    return PolicyPage(
        slug=row.slug,
        version=row.version,
        name=row.name,
        abuse_name=known.abuse_types[row.abuse_type_id].name,
        text=row.text,
        actions=[KINDS[kind].name for kind in row.action_kinds if kind in KINDS],
        labels=[(name, CLASS_VERDICT[name]) for name in row.label_classes],
        reasons=known.reasons_of(row.pk),
        examples=row.examples,
    )
