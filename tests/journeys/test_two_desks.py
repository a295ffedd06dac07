"""Two people at two desks, one of them at two browsers: never the same case, never two decisions on one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cases.models import Case, Decision
from tests.cases import build
from tests.journeys.by_keys import ref_of
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]
ANSWERED = "[data-toast], #conflict"


@pytest.fixture
def desk(browser: Any, console: str) -> Iterator[Callable[[Any], Any]]:
    """Return a maker of browsers in which a person is signed in."""
    contexts: list[Any] = []

    def sit_down(person: Any) -> Any:
        context = browser.new_context(base_url=console, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        enter(page, console, person)
        return page

    yield sit_down
    for context in contexts:
        context.close()


@pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.slow)])
def test_no_case_is_handed_out_or_decided_twice(desk: Any, reviewer: Any, cleo: Any, rounds: int) -> None:
    for number in range(2 * rounds):
        build.case(f"a-{number}")
    desks = [desk(person) for person in (reviewer, cleo, reviewer)]

    taken = [ref for number in range(rounds) for ref in _round(*desks, is_even=number % 2 == 0)]

    assert len(set(taken)) == 2 * rounds
    made = Counter(f"C-{case}" for case in Decision.objects.values_list("case_id", flat=True))
    assert made == Counter(taken)
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}


def _round(ada: Any, cleo: Any, twin: Any, *, is_even: bool) -> tuple[str, str]:
    """Let both start at once; then let Ada decide hers in two browsers at once, otherwise in each, and Cleo hers."""
    both = [ada, cleo] if is_even else [cleo, ada]
    for page in both:
        page.goto("/queues/ato/")
    for page in both:
        page.keyboard.press("s")
    for page in both:
        page.wait_for_selector("#decision")
        page.wait_for_load_state()
    mine, hers = ref_of(ada), ref_of(cleo)
    twin.goto(f"/cases/{mine}/")
    for page, digit in ((ada, "1"), (twin, "3"), (cleo, "2")):
        page.keyboard.press(digit)
    for page in [ada, twin, cleo] if is_even else [twin, ada, cleo]:
        page.keyboard.press("Shift+Enter")
    for page in (ada, twin, cleo):
        page.wait_for_selector(ANSWERED)
    return mine, hers
