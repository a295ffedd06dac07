"""Small rings for tests: accounts that were seen with the same things, and findings about them."""

from collections.abc import Sequence
from datetime import datetime

from cases.models import Case
from cases.services import claims, correlation, rings
from signals.models import Entity, Link
from tests import factories
from tests.cases import build
from tscore.core.models import User


def share(kind: str, external_id: str, *accounts: str, at: datetime = factories.NOON) -> Entity:
    """Let accounts be seen with one thing."""
    thing = factories.entity(kind, external_id)
    for account in accounts:
        who = factories.entity("account", account)
        terms = {"first_seen_at": at, "last_seen_at": at}
        Link.objects.get_or_create(origin=who, target=thing, kind=kind, defaults=terms)
    return thing


def names(count: int, mark: str = "a") -> list[str]:
    """Return the ids of so many accounts."""
    return [f"{mark}-{number}" for number in range(1, count + 1)]


def flag(
    account: str, *, at: datetime = factories.NOON, abuse_type: str = "account_takeover", **fields: object
) -> Case:
    """Find something about an account, so that it has an open case."""
    made = build.signal(factories.entity("account", account), abuse_type, at=at, **fields)
    correlation.correlate_pending(limit=500, now=at)
    return Case.objects.get(signals=made)


def found(account: str, actor: User, *, at: datetime = factories.NOON) -> Case:
    """Find the ring around an account and return its case."""
    result = rings.find_around(entity_id=factories.entity("account", account).pk, actor=actor, now=at)
    assert result is not None
    return result.case


def held(actor: User, accounts: Sequence[str] = ("a-1", "a-2", "a-3"), *, at: datetime = factories.NOON) -> Case:
    """Let accounts share a device, find their ring and let a person claim its case."""
    share("device", "d-9", *accounts)
    return claims.claim(case_id=found(accounts[0], actor, at=at).pk, actor=actor, now=at)
