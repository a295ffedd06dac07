"""The people and keys of the tests: Ada reviews queue A, Ben reviews queue B, Cleo leads both, Mallory has nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from guardian.shortcuts import assign_perm

from cases.models import Queue
from tscore.core import api_keys
from tscore.core.groups import GROUPS
from tscore.core.models import User

SOURCE = "shop-eu"


def person(name: str, *groups: str) -> User:
    """Create one person without a usable password, because hashing one takes long; tests sign in with `sign_in`."""
    user = User.objects.create_user(f"{name.lower()}@cast.test", name=name)
    user.groups.set(Group.objects.filter(name__in=[GROUPS[group] for group in groups]))
    return user


@pytest.fixture
def now() -> datetime:
    """Noon of the first of March 2026."""
    return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def queue_a(db: None) -> Queue:
    """Queue A: account takeover."""
    return Queue.objects.get(slug="ato")


@pytest.fixture
def queue_b(db: None) -> Queue:
    """Queue B: payments."""
    return Queue.objects.get(slug="payments")


@pytest.fixture
def ada(queue_a: Queue) -> User:
    """Ada reviews queue A."""
    user = person("Ada", "reviewer")
    assign_perm("review_queue", user, queue_a)
    return user


@pytest.fixture
def ben(queue_b: Queue) -> User:
    """Ben reviews queue B."""
    user = person("Ben", "reviewer")
    assign_perm("review_queue", user, queue_b)
    return user


@pytest.fixture
def cleo(queue_a: Queue, queue_b: Queue) -> User:
    """Cleo leads and reviews both queues."""
    user = person("Cleo", "reviewer", "lead")
    for queue in (queue_a, queue_b):
        assign_perm("review_queue", user, queue)
        assign_perm("lead_queue", user, queue)
    return user


@pytest.fixture
def mallory(db: None) -> User:
    """Mallory can sign in and has no rights at all."""
    return person("Mallory")


@pytest.fixture
def analyst(db: None) -> User:
    """An analyst without rights on queues."""
    return person("Analyst", "analyst")


@pytest.fixture
def auditor(db: None) -> User:
    """An auditor without rights on queues."""
    return person("Auditor", "auditor")


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a browser in which a person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="tscore.core.people.People")
        return client

    return signed_in


@pytest.fixture
def make_token(db: None, now: datetime) -> Callable[..., str]:
    """Return a maker of API keys: `make_token("events:write", source="shop-eu")` gives the token."""

    def make(*scopes: str, source: str = SOURCE) -> str:
        return api_keys.create(name="test", source=source, scopes=scopes, actor=None, now=now)[1]

    return make


@pytest.fixture
def events_token(make_token: Callable[..., str]) -> str:
    """The token of a key that may send events as `shop-eu`."""
    return make_token("events:write")


@pytest.fixture
def signals_token(make_token: Callable[..., str]) -> str:
    """The token of a key that may send signals as `shop-eu`."""
    return make_token("signals:write")
