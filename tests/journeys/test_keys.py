"""Keys decide in two strokes and stay silent where people write."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cases.models import Action, Case, Decision
from tests.journeys.scenes import begin

pytestmark = [pytest.mark.browser]


def _open(page: Any) -> str:
    page.goto("/queues/ato/")
    begin(page)
    return str(re.search(r"C-\d+", page.url)[0])  # type: ignore[index]


def test_a_decision_costs_two_keys(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)

    signed_in.keyboard.press("1")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(lambda url: ref not in url)

    assert Decision.objects.count() == 1
    assert Case.objects.filter(state="reviewing").count() == 1
    assert signed_in.evaluate("document.activeElement.matches('h1')")


def test_a_held_enter_makes_one_decision(signed_in: Any, takeover: Any) -> None:
    for number in range(3):
        takeover(f"a-{number}")
    ref = _open(signed_in)

    signed_in.keyboard.press("1")
    for _ in range(4):
        signed_in.keyboard.down("Enter")
    signed_in.keyboard.up("Enter")
    signed_in.wait_for_url(lambda url: ref not in url)

    assert Decision.objects.count() == 1


def test_enter_without_a_choice_decides_nothing(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    _open(signed_in)

    signed_in.keyboard.press("Enter")
    signed_in.wait_for_timeout(300)

    assert Decision.objects.count() == 0


def test_keys_are_silent_in_text_fields(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)

    signed_in.keyboard.press("m")
    signed_in.keyboard.type("1nxezhs ?")

    assert signed_in.input_value("#note") == "1nxezhs ?"
    assert signed_in.locator("[name=preset]:checked").count() == 0
    assert ref in signed_in.url


def test_a_note_is_applied_with_the_decision_from_inside_its_field(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)

    signed_in.keyboard.press("1")
    signed_in.keyboard.press("m")
    signed_in.keyboard.type("Called the owner.")
    signed_in.keyboard.press("Control+Enter")
    signed_in.wait_for_url(lambda url: ref not in url)

    assert Case.objects.get(pk=ref.removeprefix("C-")).notes.count() == 1


def test_a_choice_shows_its_record_and_effects(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    _open(signed_in)

    signed_in.keyboard.press("1")
    signed_in.wait_for_selector("#record .effect:has-text('locks the account')")

    assert signed_in.input_value("#label") == "ato.confirmed"
    assert signed_in.locator("[name=preset]:checked").input_value() == "1"


def test_a_changed_record_is_what_is_decided(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    _open(signed_in)

    signed_in.keyboard.press("1")
    signed_in.wait_for_selector("#record .effect:has-text('locks the account')")
    signed_in.keyboard.press("p")
    signed_in.locator("[name=action][value='account.suspend']").uncheck()
    signed_in.wait_for_selector("#record .effect:has-text('changed')")
    signed_in.locator("h1").click()
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url("**/queues/ato/")

    assert set(Action.objects.values_list("kind", flat=True)) == {"account.revoke_sessions", "payout.hold"}


def test_stay_keeps_the_case_in_view(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)

    signed_in.keyboard.press("3")
    signed_in.keyboard.press("Shift+Enter")
    signed_in.wait_for_selector("[data-toast]")

    assert ref in signed_in.url
    assert Case.objects.filter(state="queued").count() == 1


def test_skip_takes_two_keys_and_brings_the_next_case(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)

    signed_in.keyboard.press("n")
    signed_in.wait_for_selector("[name=reason]:focus")
    assert Case.objects.get(pk=ref.removeprefix("C-")).state == "reviewing"
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(lambda url: ref not in url)

    assert Case.objects.get(pk=ref.removeprefix("C-")).state == "queued"


def test_reload_and_back_give_whole_pages(signed_in: Any, takeover: Any) -> None:
    takeover("a-1"), takeover("a-2")
    ref = _open(signed_in)
    signed_in.keyboard.press("1")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(lambda url: ref not in url)

    signed_in.reload()
    assert signed_in.locator("nav.rail").count() == 1
    signed_in.go_back()
    signed_in.wait_for_selector("nav.rail")

    assert ref in signed_in.url


def test_list_keys_move_and_open(signed_in: Any, takeover: Any) -> None:
    takeover("a-1", score=0.9)
    second = takeover("a-2", score=0.5)
    signed_in.goto("/queues/ato/")

    for key in ("j", "j", "o"):
        signed_in.keyboard.press(key)
    signed_in.wait_for_selector(".workspace")

    assert second.ref in signed_in.url
