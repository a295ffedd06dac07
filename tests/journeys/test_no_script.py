"""Everything works with scripts off: sign in, start, decide, next, undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cases.models import Case, Decision
from tests.journeys.scenes import PASSWORD, enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def plain(browser: Any, console: str) -> Iterator[Any]:
    """A page of a browser that runs no script."""
    context = browser.new_context(base_url=console, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_the_loop_works_without_scripts(plain: Any, reviewer: Any, takeover: Any) -> None:
    first, second = takeover("a-1", score=0.9), takeover("a-2", score=0.5)

    plain.goto("/")
    plain.fill("[name=username]", reviewer.email)
    plain.fill("[name=password]", PASSWORD)
    plain.click("button:has-text('Sign in')")
    plain.click("button:has-text('Start reviewing')")
    assert first.ref in plain.url
    plain.check("[name=preset][value='1']")
    plain.click("button:has-text('Apply and next')")
    assert second.ref in plain.url
    plain.click("[data-toast] button:has-text('Undo')")
    assert first.ref in plain.url

    assert list(Decision.objects.order_by("pk").values_list("verdict", flat=True)) == ["bad", "withdrawn"]
    assert Case.objects.filter(state="reviewing").count() == 2


def test_a_record_of_ones_own_works_without_scripts(plain: Any, console: str, reviewer: Any, takeover: Any) -> None:
    takeover("a-1")
    enter(plain, console, reviewer)
    plain.goto("/queues/ato/")
    plain.click("button:has-text('Start reviewing')")
    plain.check("[name=preset][value='own']")
    plain.click("summary:has-text('Policy, action, label, reason')")
    plain.select_option("#policy", label="Account takeover")
    plain.check("[name=action][value='payout.hold']")
    plain.select_option("#label", "ato.confirmed")
    plain.select_option("#reason", label="Somebody else knows the password")
    plain.click("button:has-text('Apply and next')")

    made = Decision.objects.get()
    assert [action.kind for action in made.actions.all()] == ["payout.hold"]
