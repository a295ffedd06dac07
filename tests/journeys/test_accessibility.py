"""axe finds nothing, light and dark, wide to narrow; no page scrolls sideways; the content policy holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.journeys.axe import Looks, violations
from tests.journeys.scenes import begin, complaints, enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def view(page: Any, console: str, reviewer: Any, takeover: Any) -> Any:
    """The page of Ada, who also leads and keeps the console, with four cases, one decided, its delivery paused."""
    from django.contrib.auth.models import Group

    from cases.services import enforcement
    from tests.cases import build
    from tests.factories import NOON
    from tscore.core import alarms

    for number, severity in enumerate(("critical", "high", "low")):
        takeover(f"a-{number}", score=0.9 - number / 10, severity=severity)
    build.decision(build.held_case(reviewer, "a-decided"))
    reviewer.groups.add(*Group.objects.filter(name__in=("lead", "admin")))
    alarms.raise_alarm(enforcement.PAUSED, "critical", "The marketplace says this endpoint is gone (410).", NOON)
    _refuse_and_mute(reviewer)
    page.problems = complaints(page)
    enter(page, console, reviewer)
    return page


def _refuse_and_mute(actor: Any) -> None:
    """Keep a refused item, ask for it to be sent in again, and mute the detector of one account."""
    from datetime import timedelta

    from signals.models import Detector, Entity
    from signals.services import dead_letter_batches, ingest, mutes
    from tests.factories import NOON

    ingest.ingest(source="shop", items=[b'{"id": "bad", "type": "login.failed", "data": {}}'], received_at=NOON)
    dead_letter_batches.ask(wanted=dead_letter_batches.Filter(), actor=actor, now=NOON)
    mutes.mute(
        detector_id=Detector.objects.earliest("pk").pk,
        entity_id=Entity.objects.get(kind="account", external_id="a-0").pk,
        reason="A known tester",
        length=timedelta(days=30),
        actor=actor,
        now=timezone.now(),
    )


def test_queue_and_workspace_have_no_violations(view: Any, looks: Looks) -> None:
    view.goto("/queues/ato/")
    assert violations(view, looks) == []

    begin(view)

    assert violations(view, looks) == []

    view.keyboard.press("1")
    view.wait_for_selector("#record .effect:has-text('locks the account')")
    view.keyboard.press("p")
    assert violations(view, looks) == []
    assert view.problems == []


def test_workspace_of_a_decided_case_has_no_violations(view: Any, looks: Looks) -> None:
    from cases.models import Case

    view.goto(f"/cases/{Case.objects.get(state='closed').ref}/")

    assert violations(view, looks) == []
    assert view.problems == []


def test_what_decides_is_in_view_without_scrolling(view: Any) -> None:
    view.set_viewport_size({"width": 1280, "height": 800})
    view.goto("/queues/ato/")
    begin(view)

    for selector in (".reason", ".what .chip", ".case-head .facts", "#decision button.primary"):
        box = view.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= 800, selector
