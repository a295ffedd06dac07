"""A browser measures a case from opening it until the next one stands, and sends that once."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import CaseTime
from tests.journeys.scenes import begin

pytestmark = [pytest.mark.browser]


def test_a_decided_case_is_measured_once(signed_in: Any, takeover: Any, console: str) -> None:
    first, _ = takeover("a-1", score=0.9), takeover("a-2", score=0.5)
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    signed_in.wait_for_timeout(200)
    signed_in.keyboard.press("3")
    with signed_in.expect_request(lambda request: "/times/" in request.url) as sent:
        signed_in.keyboard.press("Enter")
    sent.value.response()
    signed_in.wait_for_timeout(300)

    [row] = CaseTime.objects.all()
    assert row.case_id == first.pk
    assert 0 < row.first_input_ms <= row.submitted_ms <= row.active_ms + 50
    assert 0 < row.painted_ms < 5000


def test_a_case_that_is_left_for_another_page_is_measured(signed_in: Any, takeover: Any) -> None:
    takeover("a-1")
    signed_in.goto("/queues/ato/")
    begin(signed_in)
    signed_in.keyboard.press("u")
    signed_in.wait_for_url("**/queues/ato/")
    signed_in.wait_for_timeout(300)

    assert CaseTime.objects.count() == 1
