"""A newcomer's first week by keys: told by a colleague, reads the policy beside the field, opens a case, practises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.axe import Looks, violations

pytestmark = [pytest.mark.browser]


@pytest.fixture
def world_of_work(cleo: Any, reviewer: Any, takeover: Any) -> Any:
    """Two open cases; Cleo decided a third and calls Ada by name on the first."""
    from cases.services import notes
    from tests.cases import build
    from tests.factories import after

    first = takeover("a-1")
    takeover("a-2")
    build.decision(build.held_case(cleo, "a-decided"), at=after(5))
    notes.add(case_id=first.pk, actor=cleo, text="@Ada, is this the seller of last week?", now=after(6))
    return first


def test_mention_is_opened_and_done_by_keys(signed_in: Any, world_of_work: Any, looks: Looks) -> None:
    signed_in.goto("/")
    assert violations(signed_in, looks) == []
    signed_in.keyboard.press("g")
    signed_in.keyboard.press("i")
    signed_in.wait_for_url("**/inbox/")
    assert violations(signed_in, looks) == []
    signed_in.keyboard.press("j")
    signed_in.keyboard.press("e")
    signed_in.wait_for_selector("tr.struck [data-open]:focus")
    signed_in.keyboard.press("o")

    signed_in.wait_for_url(f"**/cases/{world_of_work.ref}/#note-*")


def test_policy_opens_beside_the_field_with_its_examples(signed_in: Any, world_of_work: Any, looks: Looks) -> None:
    sent: list[str] = []
    signed_in.on("request", lambda request: sent.append(request.url) if "/handbook/" in request.url else None)
    signed_in.goto(f"/cases/{world_of_work.ref}/")
    signed_in.keyboard.press("c")
    signed_in.wait_for_selector("#decision")
    signed_in.fill("#note", "a private word")
    signed_in.locator("h1").click()
    signed_in.keyboard.press("p")

    signed_in.wait_for_selector("#record >> text=Example: Somebody got in")
    assert [address.partition("/handbook/")[2] for address in sent] == ["ato/"]
    assert violations(signed_in, looks) == []


def test_case_by_hand_and_practice_have_no_violations(signed_in: Any, world_of_work: Any, looks: Looks) -> None:
    signed_in.goto("/cases/new/")
    signed_in.fill("#subject-text", "a-decided")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_selector("#id_reason")
    assert violations(signed_in, looks) == []
    signed_in.fill("#id_reason", "The owner called.")
    signed_in.keyboard.press("Control+Enter")
    signed_in.wait_for_selector("#why >> xpath=../.. >> text=The owner called.")
    assert violations(signed_in, looks) == []


def test_practice_is_answered_and_compared(signed_in: Any, world_of_work: Any, looks: Looks) -> None:
    signed_in.goto("/practice/")
    assert violations(signed_in, looks) == []
    signed_in.select_option("#label", "legit")
    signed_in.select_option("#reason", label="The owner confirms it was them")
    signed_in.keyboard.press("Control+Enter")
    signed_in.wait_for_url("**/answer/")
    assert violations(signed_in, looks) == []
