"""Scenes that journeys play in, and how a browser enters them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from cases.models import Case
from tests import factories
from tests.cases import build
from tscore.core.models import User

PASSWORD = "correct horse battery staple"


def enter(page: Any, console: str, user: User) -> None:
    """Give a browser the session of a person."""
    client = Client()
    client.force_login(user, backend="tscore.core.people.People")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": console}])


def takeover(account: str, *, score: float = 0.8, severity: str = "high") -> Case:
    """Make a takeover case: a failure, a success from a new device, a changed e-mail address, a payout asked for."""
    home = {"device": f"d-{account}", "ip": f"~ip-{account}", "session": f"s0-{account}"}
    away = {"device": f"d-new-{account}", "ip": "~ip-far", "session": f"s1-{account}"}
    wrong = {"method": "password", "failure": "wrong_password"}
    build.login(account, factories.after(days=-3), context=home)
    failed = factories.event("login.failed", factories.after(-9), account=account, context=away, **wrong)
    entered = build.login(account, factories.after(-8), context=away)
    changes = [{"field": "email"}]
    factories.event("account.updated", factories.after(-6), account=account, changes=changes, context=away)
    build.payout(f"payout-{account}", account, 231000, factories.after(-4))
    build.signal(
        factories.entity("account", account),
        events=(entered, failed),
        score=score,
        severity=severity,
        sentence=f"A failed sign-in, then a success, from an address never seen for {account}",
    )
    build.correlation.correlate_pending(limit=100, now=factories.NOON)
    return Case.objects.order_by("-pk")[0]
