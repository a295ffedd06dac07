"""What is pressed is large enough, or stands apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.axe import AXE

pytestmark = [pytest.mark.browser]
MAIN = (
    "/", "/inbox/", "/queues/", "/queues/ato/", "/search/", "/me/decisions/", "/actions/", "/handbook/", "/practice/",
)  # fmt: skip
TARGETS = "axe.run(document, {runOnly: {type: 'rule', values: ['target-size']}})"


def test_targets_are_large_enough_or_spaced(signed_in: Any, takeover: Any) -> None:
    case = takeover("a-1")
    found, ran = {}, {}
    for address in (*MAIN, f"/cases/{case.ref}/", f"/e/account/{case.entity.ref}/"):
        signed_in.goto(address)
        signed_in.evaluate(AXE)
        result = signed_in.evaluate(TARGETS)
        found[address] = [node["target"] for one in result["violations"] for node in one["nodes"]]
        ran[address] = bool(result["passes"])

    assert {address: targets for address, targets in found.items() if targets} == {}
    assert all(ran.values())
