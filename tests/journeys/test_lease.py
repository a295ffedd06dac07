"""The lease is renewed while somebody looks, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.scenes import begin

pytestmark = [pytest.mark.browser]
# What a hidden tab answers; a headless browser never hides one.
HIDE = "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"


def _beats(page: Any) -> list[str]:
    """Press the clock forward to the next heartbeat, and return the heartbeats that were sent."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "heartbeat" in request.url else None)
    page.clock.run_for(31_000)
    page.wait_for_timeout(300)
    return sent


def test_a_seen_case_is_renewed(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    signed_in.clock.install()
    signed_in.goto("/queues/ato/")
    begin(signed_in)

    assert len(_beats(signed_in)) == 1
    assert signed_in.locator("#lease").inner_text().startswith("Yours for")


def test_a_case_in_a_hidden_tab_is_not(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    signed_in.clock.install()
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    signed_in.evaluate(HIDE)

    assert _beats(signed_in) == []
