"""People and cases seen through a real browser. The tests commit, because the server is another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from cases.models import Case
from tests import factories
from tests.cases import build
from tscore.core.models import User
from tscore.marketplace.server import Running, serve

PASSWORD = "correct horse battery staple"


@pytest.fixture
def world(transactional_db: None) -> None:
    """Commit what a test builds."""


@pytest.fixture
def reviewer(world: None, ada: User) -> User:
    """Ada, who can type her password."""
    User.objects.filter(pk=ada.pk).update(password=make_password(PASSWORD))
    return ada


@pytest.fixture
def signed_in(page: Any, console: str, reviewer: User) -> Any:
    """A page on which Ada is signed in already."""
    enter(page, console, reviewer)
    return page


def enter(page: Any, console: str, user: User) -> None:
    """Give a browser the session of a person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": console}])


@pytest.fixture
def takeover(reviewer: User) -> Callable[..., Case]:
    """Return a maker of takeover cases: failures, a success from a new device, a changed payout account, a payout."""

    def make(account: str, *, score: float = 0.8, severity: str = "high") -> Case:
        home = {"device": f"d-{account}", "ip": f"~ip-{account}", "session": f"s0-{account}"}
        away = {"device": f"d-new-{account}", "ip": "~ip-far", "session": f"s1-{account}"}
        build.login(account, factories.after(days=-3), context=home)
        wrong = {"method": "password", "failure": "wrong_password"}
        failed = factories.event("login.failed", factories.after(-9), account=account, context=away, **wrong)
        entered = build.login(account, factories.after(-8), context=away)
        changes = [{"field": "email"}]
        factories.event("account.updated", factories.after(-6), account=account, changes=changes, context=away)
        build.payout(f"payout-{account}", account, 231000, factories.after(-4))
        sentence = f"A failed sign-in, then a success, from an address never seen for {account}"
        build.signal(
            factories.entity("account", account),
            events=(entered, failed),
            score=score,
            severity=severity,
            sentence=sentence,
        )
        build.correlation.correlate_pending(limit=100, now=factories.NOON)
        return Case.objects.order_by("-pk")[0]

    return make


@pytest.fixture
def market(tmp_path: Path, settings: Any) -> Iterator[Running]:
    """A marketplace that knows the console's secret, and to which this process delivers."""
    running = serve(tmp_path / "market", secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield running
    running.stop()
