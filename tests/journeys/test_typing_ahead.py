"""Typing ahead in a list of the record: what is drawn anew in the middle of a word does not lose half of it."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Decision
from tests.journeys.by_keys import moves_on, press, start

pytestmark = [pytest.mark.browser]


def test_half_a_word_is_not_lost(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    takeover("a-2")
    ref = start(signed_in)
    press(signed_in, "o")
    signed_in.wait_for_selector("#record details[open]")

    _type(signed_in, "l", "ato.conf", "irmed")
    assert signed_in.input_value("#label") == "ato.confirmed"
    press(signed_in, "Escape")
    _type(signed_in, "r", "Some", "body")
    moves_on(signed_in, ref, "Escape", "Enter")

    assert Decision.objects.get().label_class == "ato.confirmed"


def _type(page: Any, key: str, before: str, after: str) -> None:
    """Type a word into the list of this key; the answer to its first letters comes in its middle."""
    held: list[Any] = []
    page.route("**/preview/", lambda route: held.append(route))  # noqa: PLW0108  (playwright marks what it is given)
    press(page, key)
    page.keyboard.type(before)
    page.wait_for_selector("#record[aria-busy]")
    with page.expect_response("**/preview/"):
        held[-1].continue_()
    page.wait_for_selector("#record:not([aria-busy])")
    page.unroute("**/preview/")
    page.keyboard.type(after)
