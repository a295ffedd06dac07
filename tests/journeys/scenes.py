"""Scenes that journeys play in, and how a browser enters them."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from cases.models import Case
from signals.services import ingest
from tests import factories
from tests.cases import build
from tests.hostile import files
from tscore.core.models import User

PASSWORD = "correct horse battery staple"
SETTLED = """() => document.fonts.status === "loaded"
  && !document.querySelector('.htmx-request, [hx-trigger="load"], [hx-trigger="load delay:50ms"]')"""


def enter(page: Any, console: str, user: User) -> None:
    """Give a browser the session of a person."""
    client = Client()
    client.force_login(user, backend="tscore.core.people.People")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": console}])


def complaints(page: Any) -> list[str]:
    """Return the list to which the errors that a page writes to its console are added from now on."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def settle(page: Any) -> None:
    """Wait until everything that a page asks for by itself is there."""
    page.wait_for_load_state()
    page.wait_for_function(SETTLED)


def begin(page: Any) -> None:
    """Take the next case by its key, on a page whose scripts listen; come back once those of the case listen too."""
    page.wait_for_load_state()
    page.keyboard.press("s")
    page.wait_for_selector("#decision")
    page.wait_for_load_state()


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


def listing_with_pictures() -> Case:
    """Make a case of forbidden goods: a listing with two pictures, of which we have copies."""
    from signals.models import Event, ImageCopy
    from tscore.core import pictures

    names = ["l-1/one.png", "l-1/two.png"]
    price = {"minor": 12_000, "currency": "EUR"}
    data = {
        "listing": "l-1", "seller": "a-1", "title": "Old rifle", "description": "Works", "category": "other",
        "price": price, "images": names,
    }  # fmt: skip
    item = {"id": "e-1", "type": "listing.created", "time": "2026-03-01T12:00:00Z", "data": data}
    ingest.ingest(source="shop", items=[json.dumps(item).encode()], received_at=factories.NOON)
    for name, colour in zip(names, ("darkred", "seagreen"), strict=True):
        drawn = pictures.draw_anew(files.drawing(colour))
        ImageCopy.objects.create(
            entity=factories.entity("image", name), state="kept", asked_at=timezone.now(), content=drawn.content
        )
    subject = factories.entity("listing", "l-1")
    build.signal(subject, "prohibited_item", events=[Event.objects.get(external_id="e-1")])
    build.correlation.correlate_pending(limit=10, now=factories.NOON)
    return Case.objects.get(entity=subject)
