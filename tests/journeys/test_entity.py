"""What axe says of the tabs of an account that did something everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.journeys.axe import Looks, violations

pytestmark = [pytest.mark.browser]


def _market() -> None:
    """An account that did something everywhere, shares a device, and wrote a title to be afraid of."""
    from tests.cases import ring
    from tests.cases.queries.test_rollup import busy

    busy("a-1", 2)
    ring.share("device", "d-shared", "a-1", "a-2", "a-3")
    title = 'Red bike "><svg onload=alert(1)> javascript:alert(1) https://evil.example/bike \u202eekib'
    for name, words in (("l-plain", "A red mountain bike, like new"), ("l-bad", title)):
        factories.event("listing.created", factories.NOON, listing=name, seller="a-1", title=words, description="x")


def test_tabs_have_no_violations(signed_in: Any, takeover: Any, looks: Looks) -> None:
    takeover("a-1")
    _market()
    found = {}
    for tab in ("money", "messages", "raw", "decisions"):
        signed_in.goto(f"/e/account/{factories.entity('account', 'a-1').ref}/{tab}/")
        found[tab] = violations(signed_in, looks)

    assert {tab: faults for tab, faults in found.items() if faults} == {}
