"""What goes wrong in a shift: two presses, lost leases, other tabs, the back button, a server that fails or sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Case, Decision, Draft
from cases.services import claims, leaving
from tests.journeys.by_keys import moves_on, press, ref_of, start
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]
BANNER = "#alerts .banner"


@pytest.fixture
def two(takeover: Callable[..., Any]) -> tuple[Any, Any]:
    """Two open cases, the more urgent first."""
    return takeover("a-1", score=0.9), takeover("a-2", score=0.5)


@pytest.fixture
def second_page(browser: Any, console: str, cleo: Any) -> Iterator[Any]:
    """The page of Cleo, at a desk of her own."""
    context = browser.new_context(base_url=console)
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter(page, console, cleo)
    yield page
    context.close()


def _lose(case: Any, to: Any) -> None:
    """Let the lease of a case end, and somebody else take it."""
    Case.objects.filter(pk=case.pk).update(claim_until=timezone.now() - timedelta(seconds=1))
    claims.claim(case_id=case.pk, actor=to, now=timezone.now())


def _write(page: Any, words: str) -> None:
    """Write a note and go back out of its field."""
    press(page, "m")
    page.keyboard.type(words)
    press(page, "Escape")


def test_two_quick_presses_make_one_decision(signed_in: Any, two: Any) -> None:
    ref = start(signed_in)
    sent: list[str] = []
    signed_in.on("request", lambda request: sent.append(request.url) if "/decision/" in request.url else None)
    press(signed_in, "1", "Enter", "Enter")
    signed_in.wait_for_url(lambda url: ref not in url)
    signed_in.wait_for_timeout(300)

    assert [made.case for made in Decision.objects.all()] == [two[0]]
    assert len(sent) == 1


def test_a_lost_lease_keeps_what_was_written_until_it_is_taken_again(signed_in: Any, cleo: Any, two: Any) -> None:
    ref = start(signed_in)
    press(signed_in, "1")
    _write(signed_in, "They called twice.")
    _lose(two[0], to=cleo)
    leaving.release(case_id=two[0].pk, actor=cleo, now=timezone.now())
    press(signed_in, "Enter")
    signed_in.wait_for_selector("#conflict:focus")
    assert signed_in.locator("section[aria-labelledby=read-only]").inner_text().count("They called twice.") == 1
    assert Decision.objects.count() == 0

    press(signed_in, "c")
    signed_in.wait_for_selector("#decision")
    assert signed_in.input_value("#note") == "They called twice."
    moves_on(signed_in, ref, "1", "Enter")

    assert [(made.case, made.verdict) for made in Decision.objects.all()] == [(two[0], "bad")]
    assert two[0].notes.count() == 1


def test_whoever_lost_the_case_is_told_who_decided_it(signed_in: Any, second_page: Any, cleo: Any, two: Any) -> None:
    ref = start(signed_in)
    press(signed_in, "1")
    _write(signed_in, "They called twice.")
    _lose(two[0], to=cleo)
    second_page.goto(f"/cases/{ref}/")
    second_page.keyboard.press("m")
    second_page.keyboard.type("I know them.")
    press(second_page, "Escape")
    moves_on(second_page, ref, "3", "Enter")
    press(signed_in, "Enter")

    signed_in.wait_for_selector("#conflict:focus")
    told = signed_in.locator("#news").inner_text()
    assert "decided by Cleo" in told
    assert "Meanwhile Cleo wrote a note" in told
    assert "What you wrote is kept" in told
    assert [(made.actor.name, made.verdict) for made in Decision.objects.all()] == [("Cleo", "good")]


def test_what_changed_meanwhile_is_shown_before_deciding(signed_in: Any, two: Any) -> None:
    from cases.services import correlation
    from tests import factories
    from tests.cases import build

    ref = start(signed_in)
    press(signed_in, "3")
    _write(signed_in, "Looks fine.")
    build.signal(factories.entity("account", "a-1"), score=0.99, sentence="Another thing.", at=factories.after(1))
    correlation.correlate_pending(limit=10, now=factories.after(1))
    press(signed_in, "Enter")
    signed_in.wait_for_selector("#conflict:focus")

    assert "1 new finding" in signed_in.locator("#news").inner_text()
    assert signed_in.locator(".reason:has-text('Another thing.')").count() == 1
    assert (signed_in.input_value("#note"), Decision.objects.count()) == ("Looks fine.", 0)
    moves_on(signed_in, ref, "Enter")
    assert [made.verdict for made in Decision.objects.all()] == ["good"]


def test_a_second_tab_of_a_decided_case_changes_nothing(signed_in: Any, two: Any) -> None:
    ref = start(signed_in)
    other = signed_in.context.new_page()
    other.goto(f"/cases/{ref}/")
    moves_on(signed_in, ref, "1", "Enter")
    press(other, "3", "Enter")
    other.wait_for_selector("#conflict:focus")

    assert [made.verdict for made in Decision.objects.all()] == ["bad"]
    assert "decided by" in other.locator("#news").inner_text()


def test_back_after_a_decision_does_not_decide_again(signed_in: Any, two: Any) -> None:
    ref = start(signed_in)
    moves_on(signed_in, ref, "1", "Enter")
    signed_in.go_back()
    signed_in.wait_for_selector(f".case-head:has-text('{ref}')")

    assert ref_of(signed_in) == ref
    press(signed_in, "3", "Enter")
    signed_in.wait_for_timeout(400)
    assert [made.verdict for made in Decision.objects.all()] == ["bad"]
    assert "Decided by" in signed_in.locator("#lease").inner_text()


def test_reload_in_the_middle_keeps_choice_and_note(signed_in: Any, two: Any) -> None:
    start(signed_in)
    press(signed_in, "1")
    _write(signed_in, "They called twice.")
    signed_in.wait_for_selector("#saved:has-text('Draft kept')")
    signed_in.reload()

    assert signed_in.input_value("#note") == "They called twice."
    assert Draft.objects.count() == 1
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("way", ["fails", "offline"])
def test_a_decision_that_does_not_arrive_is_told_honestly(signed_in: Any, two: Any, way: str) -> None:
    ref = start(signed_in)
    press(signed_in, "1")
    _write(signed_in, "They called twice.")
    signed_in.wait_for_selector("#saved:has-text('Draft kept')")
    if way == "offline":
        signed_in.context.set_offline(True)
    else:
        signed_in.route("**/decision/", lambda route: route.fulfill(status=500, body="<h1>no</h1>"))
    press(signed_in, "Enter")
    signed_in.wait_for_selector(BANNER)

    words = "Not connected" if way == "offline" else "not known whether this was saved"
    assert words in signed_in.locator(BANNER).inner_text()
    assert signed_in.locator("[data-toast]").count() == 0
    assert (ref_of(signed_in), signed_in.input_value("#note")) == (ref, "They called twice.")
    assert signed_in.locator("[name=preset]:checked").input_value() == "1"
    signed_in.context.set_offline(False)
    signed_in.unroute_all()
    moves_on(signed_in, ref, "Enter")
    assert Decision.objects.count() == 1


def test_an_answer_that_was_lost_is_not_decided_twice(signed_in: Any, two: Any) -> None:
    """The server decided, the answer never came: pressing again brings the same decision's answer."""
    ref = start(signed_in)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    signed_in.route("**/decision/", lose)
    press(signed_in, "1")
    signed_in.wait_for_selector("#record .effect")
    press(signed_in, "Enter")
    signed_in.wait_for_selector(BANNER)
    signed_in.unroute_all()
    moves_on(signed_in, ref, "Enter")

    assert [made.case for made in Decision.objects.all()] == [two[0]]
    assert Case.objects.get(pk=two[1].pk).state == "reviewing"


def test_a_slow_answer_shows_within_300_ms_that_it_is_awaited(signed_in: Any, two: Any) -> None:
    ref = start(signed_in)
    waiting: list[Any] = []
    signed_in.route("**/decision/", lambda route: waiting.append(route))  # noqa: PLW0108
    press(signed_in, "1")
    signed_in.wait_for_selector("#record .effect")
    press(signed_in, "Enter")
    signed_in.wait_for_selector("main[aria-busy=true]", timeout=300)
    signed_in.wait_for_timeout(300)
    shown = signed_in.locator(".progress").evaluate("bar => getComputedStyle(bar).opacity")
    assert (shown, signed_in.locator("#decision button.primary").is_disabled()) == ("1", True)
    assert (ref_of(signed_in), signed_in.locator("[data-toast]").count()) == (ref, 0)

    waiting[0].continue_()
    signed_in.wait_for_url(lambda url: ref not in url)
    assert (len(waiting), Decision.objects.count()) == (1, 1)
    assert signed_in.locator("main[aria-busy=true]").count() == 0


def test_a_case_handed_over_is_found_and_decided_by_the_other(signed_in: Any, second_page: Any, two: Any) -> None:
    ref = start(signed_in)
    signed_in.click("summary:has-text('More')")
    signed_in.select_option("#to", label="Cleo")
    signed_in.fill("#to-note", "You know this seller.")
    signed_in.click("button:has-text('Hand over')")
    signed_in.wait_for_url("**/queues/ato/")

    second_page.goto("/inbox/")
    press(second_page, "j", "o")
    second_page.wait_for_url(f"**/cases/{ref}/**")
    second_page.wait_for_selector("text=You know this seller.")
    moves_on(second_page, ref, "1", "Enter")
    signed_in.goto(f"/cases/{ref}/")

    assert "Decided by Cleo" in signed_in.locator("#lease").inner_text()
    assert [(made.actor.name, made.case) for made in Decision.objects.all()] == [("Cleo", two[0])]
