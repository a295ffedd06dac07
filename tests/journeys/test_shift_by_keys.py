"""A whole shift by keyboard alone, from signing in to signing out: no pointer event reaches any page."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Case, Decision, InboxItem, Note, PracticeAnswer
from tests.journeys.by_keys import moves_on, press, ref_of, tab_to, watch_pointer
from tests.journeys.scenes import PASSWORD

pytestmark = [pytest.mark.browser]
# Left without deciding: skipped, snooze, escalated.
LEFT = 3


@pytest.fixture
def world_of_work(cleo: Any, reviewer: Any) -> Any:
    """Return a maker of open cases; Cleo decided one before, on which newcomers practise."""
    from tests.cases import build
    from tests.journeys.scenes import takeover

    def make(count: int) -> None:
        build.decision(build.held_case(cleo, "a-decided"))
        for number in range(count):
            takeover(f"a-{number}", score=0.95 - number / 100)
        takeover("a-low", score=0.99, severity="low")

    return make


@pytest.mark.parametrize("count", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_a_whole_shift_needs_no_pointer(page: Any, reviewer: Any, world_of_work: Any, count: int) -> None:
    world_of_work(count + LEFT + 1)
    pointed = watch_pointer(page)

    _sign_in(page, reviewer.email)
    _filter_and_open_a_row(page)
    refs = _decide_many(page, count)
    _think_again(page, refs[-1])
    left = _leave_three_ways(page)
    _search(page)
    _practise(page)
    _sign_out(page)

    _check_decisions(refs)
    _check_left(left)
    assert InboxItem.objects.filter(kind="mention", case__notes__author=reviewer).count() == 1
    assert PracticeAnswer.objects.count() == 1
    assert pointed == []
    page.mouse.click(5, 5)
    page.wait_for_timeout(200)  # what the page tells arrives a moment later
    assert "pointerdown" in pointed


def _sign_in(page: Any, email: str) -> None:
    page.goto("/")
    press(page, "Tab")
    page.keyboard.type(email)
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    page.wait_for_selector("h1:has-text('Home')")


def _filter_and_open_a_row(page: Any) -> None:
    """Filter the queue, look into its first row, take that case."""
    press(page, "g q")
    page.wait_for_selector("h1:has-text('Queues')")
    press(page, "j", "o")
    page.wait_for_selector("#f")
    press(page, "/")
    page.keyboard.type("severity:high")
    press(page, "Enter")
    page.wait_for_url("**severity**")
    page.wait_for_selector("[data-row]")
    press(page, "Escape", "j", "o")
    page.wait_for_selector(".case-head")
    press(page, "c")
    page.wait_for_selector("#decision")


def _decide_many(page: Any, count: int) -> list[str]:
    """Decide so many cases by three presets and, each fourth, by a record of one's own; the first with a mention."""
    refs = [ref_of(page)]
    press(page, "1", "m")
    page.keyboard.type("@Cleo, they called twice.")
    refs.append(moves_on(page, refs[-1], "Control+Enter"))
    while len(refs) <= count:
        way = "1230"[len(refs) % 4]
        refs.append(moves_on(page, refs[-1], *(_own_record(page) if way == "0" else way), "Enter"))
    return refs[:count]


def _own_record(page: Any) -> tuple[str, ...]:
    """Choose policy, action, label and reason by their keys; typing goes ahead in each list."""
    press(page, "o")
    page.wait_for_selector("#record details[open]")
    press(page, "p")
    page.keyboard.type("Account")
    page.wait_for_selector("#record [name=action]")
    press(page, "Escape", "a", "Space")
    page.wait_for_selector("#record .effect li:has-text('locks')")
    press(page, "Escape", "l")
    page.keyboard.type("ato.confirmed")
    page.wait_for_selector("#record [name=lists_of][value$='/ato.confirmed']", state="attached")
    press(page, "Escape", "r")
    page.keyboard.type("Somebody")
    return ("Escape",)


def _leave_three_ways(page: Any) -> list[str]:
    """Skip with the second reason, snooze with the first time, escalate."""
    skipped = ref_of(page)
    press(page, "n")
    page.wait_for_selector("[name=reason]:focus")
    snoozed = moves_on(page, skipped, "Tab", "Enter")
    press(page, "h")
    page.wait_for_selector("[name=hours]:focus")
    escalated = moves_on(page, snoozed, "Enter")
    press(page, "e")
    moves_on(page, escalated, "Enter")
    return [skipped, snoozed, escalated]


def _think_again(page: Any, ref: str) -> None:
    """Take the last decision back by `z`, and decide it otherwise."""
    press(page, "z")
    page.wait_for_selector(f".case-head:has-text('{ref}')")
    page.wait_for_selector("[data-toast]:has-text('taken back')")
    moves_on(page, ref, "3", "Enter")


def _search(page: Any) -> None:
    press(page, "g s")
    page.wait_for_selector("h1:has-text('Search')")
    press(page, "/")
    page.keyboard.type("a-1")
    press(page, "Enter")
    page.wait_for_selector("#exact")
    press(page, "j", "j", "o")
    page.wait_for_url("**/e/account/**")


def _practise(page: Any) -> None:
    press(page, "Control+k")
    page.keyboard.type("handbook")
    page.wait_for_selector("[role=option][aria-selected=true]:has-text('Handbook')")
    press(page, "Enter")
    page.wait_for_selector("h1:has-text('Handbook')")
    tab_to(page, "Practise")
    press(page, "Enter")
    page.wait_for_selector("h1:has-text('Practice')")
    press(page, "l")
    page.keyboard.type("ato.confirmed")
    press(page, "Escape", "r")
    page.keyboard.type("The")
    press(page, "Control+Enter")
    page.wait_for_url("**/answer/")


def _sign_out(page: Any) -> None:
    press(page, "g h")
    page.wait_for_selector("h1:has-text('Home')")
    tab_to(page, "Ada")
    press(page, "Enter")
    tab_to(page, "Sign out")
    press(page, "Enter")
    page.wait_for_selector("h1:has-text('Sign in')")


def _check_decisions(refs: list[str]) -> None:
    made = Decision.objects.filter(actor__name="Ada").order_by("pk")
    assert [f"C-{one.case_id}" for one in made] == [*refs, refs[-1], refs[-1]]
    assert [one.verdict for one in made][-2:] == ["withdrawn", "good"]
    assert len(set(refs)) == len(refs)
    by_hand = [one for at, one in enumerate(made[: len(refs)]) if at % 4 == 2]
    assert {tuple(action.kind for action in one.actions.all()) for one in by_hand} == {("account.suspend",)}
    assert {one.label_class for one in made} == {"ato.confirmed", "legit", "withdrawn"}


def _check_left(refs: list[str]) -> None:
    skipped, snoozed, escalated = (Case.objects.get(pk=ref.removeprefix("C-")) for ref in refs)
    assert (skipped.state, snoozed.state, escalated.state) == ("queued", "waiting", "queued")
    assert escalated.escalated_at is not None
    assert Note.objects.count() == 1
