"""A session that ends while somebody writes: the same person goes on, and nothing written is lost."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Draft, Note
from tests.journeys.axe import Looks, violations
from tests.journeys.by_keys import start
from tests.journeys.scenes import PASSWORD, begin

pytestmark = [pytest.mark.browser]
TEXT = "Called the owner, who knows nothing of it."


@pytest.fixture
def writing(signed_in: Any, takeover: Any) -> Any:
    """Ada has typed a note; her session was deleted before the draft was kept."""
    from django.contrib.sessions.models import Session

    takeover("a-1")
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    signed_in.keyboard.press("3")
    signed_in.wait_for_selector("#record .effect")
    Session.objects.all().delete()
    signed_in.locator("#note").press_sequentially(TEXT)
    signed_in.wait_for_selector("dialog[open] #again-password:focus")
    return signed_in


def test_after_the_password_the_note_is_there_and_saving_works(writing: Any, looks: Looks) -> None:
    assert violations(writing, looks) == []
    assert writing.locator("dialog[open]").evaluate("one => one.scrollWidth <= one.clientWidth")

    writing.keyboard.type("wrong")
    writing.keyboard.press("Enter")
    writing.wait_for_selector("#again-error")
    writing.locator("#again-password").fill(PASSWORD)
    writing.keyboard.press("Enter")
    writing.wait_for_selector("dialog", state="hidden")

    writing.wait_for_selector("#saved:has-text('kept')")
    assert Draft.objects.count() == 1
    assert writing.input_value("#note") == TEXT
    assert writing.evaluate("document.activeElement.id") == "note"
    writing.keyboard.press("Control+Enter")
    writing.wait_for_url("**/queues/ato/")
    assert Note.objects.count() == 1


def test_signing_in_anew_in_another_tab_does_not_stop_this_one(signed_in: Any, reviewer: Any, takeover: Any) -> None:
    takeover("a-1")
    start(signed_in)
    signed_in.route("**/presence/", lambda route: route.fulfill(status=204))  # it would ask while one is signed out
    other = signed_in.context.new_page()
    other.goto("/me/display/")
    other.click("summary:has-text('Ada')")
    other.click("button:has-text('Sign out')")
    other.fill("[name=username]", reviewer.email)
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_selector("nav.rail")

    signed_in.locator("#note").press_sequentially(TEXT)
    signed_in.wait_for_selector("#saved:has-text('kept')")

    assert (Draft.objects.count(), signed_in.locator("dialog[open]").count()) == (1, 0)
    assert signed_in.input_value("#note") == TEXT


def test_escape_keeps_what_was_written_and_the_next_try_asks_again(writing: Any) -> None:
    writing.keyboard.press("Escape")

    assert writing.locator("dialog[open]").count() == 0
    assert writing.input_value("#note") == TEXT

    writing.locator("#note").press_sequentially("!")
    writing.wait_for_selector("dialog[open] #again-password:focus")
    assert Draft.objects.count() == 0
