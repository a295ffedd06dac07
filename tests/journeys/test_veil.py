"""A picture stays blurred until somebody asks to see it; who needs a rest gets one, and is asked nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.journeys.axe import Looks, violations
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]
FILTERS = "images => images.map(image => getComputedStyle(image).filter.split('(')[0])"


@pytest.fixture
def listing(reviewer: Any) -> Callable[[], Any]:
    """Return a maker of a listing case with two pictures, in a queue of forbidden goods that Ada reviews."""
    from guardian.shortcuts import assign_perm

    from cases.models import Queue
    from tests.journeys.scenes import listing_with_pictures

    assign_perm("review_queue", reviewer, Queue.objects.get(slug="listings"))
    return listing_with_pictures


def filters(page: Any) -> list[str]:
    """Return how each picture is drawn: none, blur."""
    page.locator(".veil img").nth(1).wait_for(state="attached")
    return list(page.locator(".veil img").evaluate_all(FILTERS))


def test_blur_is_chosen_by_keyboard_and_lifted_by_key_click_and_press(signed_in: Any, listing: Any) -> None:
    case = listing()
    signed_in.goto("/me/wellbeing/")
    signed_in.get_by_label("Pictures: Weapons, drugs").focus()
    signed_in.keyboard.type("Blur")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_load_state()
    assert signed_in.get_by_label("Pictures: Weapons, drugs").input_value() == "blur"

    signed_in.goto(f"/cases/{case.ref}/")
    seen = [filters(signed_in)]
    signed_in.keyboard.down("v")
    seen.append(filters(signed_in))
    signed_in.keyboard.up("v")
    seen.append(filters(signed_in))
    assert seen == [["blur"] * 2, ["none"] * 2, ["blur"] * 2]

    box, first = signed_in.locator(".veil").first, []
    box.click()
    first.append(filters(signed_in)[0])
    box.click()
    first.append(filters(signed_in)[0])
    box.hover()
    signed_in.mouse.down()
    first.append(filters(signed_in)[0])
    signed_in.wait_for_timeout(500)
    signed_in.mouse.up()
    first.append(filters(signed_in)[0])
    assert first == ["none", "blur", "none", "blur"]


@pytest.mark.parametrize("chosen", [("alt", {}, "Alt+v"), ("letters", {"v": "w"}, "w"), ("off", {}, "")])
def test_key_that_reveals_is_the_one_a_person_chose(
    chosen: tuple[str, dict[str, str], str], signed_in: Any, listing: Any, reviewer: Any
) -> None:
    from tscore.core import shortcuts

    mode, own, key = chosen
    shortcuts.save(reviewer, mode=mode, own=own)
    signed_in.goto(f"/cases/{listing().ref}/")

    filters(signed_in)
    signed_in.keyboard.down("v")
    with_v = filters(signed_in)
    signed_in.keyboard.up("v")
    assert with_v == ["blur"] * 2
    *held, last = (key or "x").split("+")
    for one in (*held, last):
        signed_in.keyboard.down(one)
    assert filters(signed_in) == (["none"] * 2 if key else ["blur"] * 2)
    for one in (last, *held):
        signed_in.keyboard.up(one)
    assert filters(signed_in) == ["blur"] * 2
    signed_in.locator("[data-veil]").click()
    assert filters(signed_in) == ["none"] * 2


def test_without_scripts_a_picture_has_an_address_and_a_pause_gives_back_and_asks_nothing(
    browser: Any, console: str, reviewer: Any, listing: Any
) -> None:
    from cases.services import care, claims

    case = claims.claim(case_id=listing().pk, actor=reviewer, now=timezone.now())
    context = browser.new_context(base_url=console, java_script_enabled=False)
    page = context.new_page()
    enter(page, console, reviewer)
    page.goto(f"/cases/{case.ref}/")
    page.get_by_role("link", name="Picture 1").click()
    assert page.evaluate("document.contentType") == "image/webp"

    page.goto("/me/wellbeing/")
    page.get_by_role("button", name="Pause").click()
    case.refresh_from_db()
    assert (case.state, case.claimed_by, "Paused" in page.content()) == ("queued", None, True)

    care.wish(person=reviewer, veils={}, opted_out=["goods"], text_first=False, limit_minutes=45)
    page.goto("/queues/listings/")
    page.get_by_role("button", name="Start reviewing").click()
    case.refresh_from_db()
    assert case.claimed_by is None
    context.close()


def test_pages_of_care_have_no_violations(signed_in: Any, listing: Any, looks: Looks) -> None:
    case, found = listing(), {}
    for address in ("/me/wellbeing/", f"/cases/{case.ref}/", f"/e/listing/{case.entity.ref}/"):
        signed_in.goto(address)
        if "wellbeing" not in address:
            filters(signed_in)
        found[address] = violations(signed_in, looks)

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_break_is_offered_between_two_cases_without_violations(signed_in: Any, listing: Any, looks: Looks) -> None:
    from cases.services import claims
    from tscore.core.models import User

    claims.claim(case_id=(case := listing()).pk, actor=User.objects.get(name="Ada"), now=timezone.now())
    worked_for(signed_in, minutes=56)
    signed_in.goto(f"/cases/{case.ref}/")
    assert signed_in.locator("header a.chip").inner_text() == "break"
    signed_in.keyboard.press("1")
    signed_in.keyboard.press("Enter")
    signed_in.locator(".banner", has_text="Five minutes away help").wait_for()

    assert violations(signed_in, looks) == []


def worked_for(page: Any, *, minutes: int) -> None:
    """Let the person of a page have worked for so long without a break."""
    from django.contrib.sessions.backends.db import SessionStore

    [key] = [one["value"] for one in page.context.cookies() if one["name"] == "sessionid"]
    session, now = SessionStore(key), int(timezone.now().timestamp())
    session.update({"work_since": now - minutes * 60, "work_seen": now})
    session.save()
