"""From the key press to the next case on the screen, with as many open cases as a bad week brings, on a slow line too.

`make slow` takes 200 decisions among 200,000 open cases and holds them against the budgets (`-s` shows the figures);
`make check` only sees that the measuring works and that nothing takes a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

pytestmark = [pytest.mark.browser]
# Two frames after htmx has put the next case in place count as painted.
WATCH = """() => {
  window.painted = []; window.felt = []; window.shifted = 0;
  let pressed = 0;
  addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
  addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main" || !pressed) return;
    const began = pressed; pressed = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push(performance.now() - began)));
  });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (one.interactionId)
    felt.push(one.duration); })
    .observe({type: "event", durationThreshold: 16, buffered: true});
}"""
# Who decides has read what a case holds and what would happen: both are there, nothing is on its way any more.
READ = "() => document.querySelector('#record .effect') && !document.querySelector('[aria-busy]')"
PRESSES = ("1", "3", "2")


def share(values: list[float], part: float) -> float:
    """Return the value that this part of all values does not exceed."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


@pytest.fixture
def decide(browser: Any, console: str, reviewer: Any) -> Iterator[Any]:
    """Return a way to decide so many cases, slowed down or not; it gives the milliseconds of each."""
    from tests.journeys.scenes import begin, enter

    context = browser.new_context(base_url=console, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    enter(page, console, reviewer)

    def decided(times: int, *, slowed: bool = False) -> dict[str, list[float]]:
        page.goto("/queues/ato/")
        begin(page)
        if slowed:
            _slow_down(page)
        page.evaluate(WATCH)
        for number in range(times):
            page.keyboard.press(PRESSES[number % len(PRESSES)])
            page.wait_for_function(READ, polling=100)
            page.wait_for_timeout(300)  # nobody reacts faster to what they read
            page.keyboard.press("Enter")
            # Asked seldom: asking in every frame would have the page draw frames for the question alone.
            page.wait_for_function("count => painted.length > count", arg=number, polling=200)
        return {"painted": page.evaluate("painted"), "felt": page.evaluate("felt")}

    yield decided
    context.close()


def _slow_down(page: Any) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    line.send("Network.enable")
    conditions = {"offline": False, "latency": 40, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", conditions)


def _told(name: str, values: list[float]) -> str:
    figures = ", ".join(f"p{part * 100:.0f} {share(values, part):.0f}" for part in (0.5, 0.95, 0.98))
    return f"{name}: {figures}, most {max(values):.0f} ms of {len(values)}"


def test_a_decision_is_painted(decide: Any, takeover: Any) -> None:
    for number in range(7):
        takeover(f"a-{number}", score=0.9 - number / 100)

    found = decide(6)

    assert len(found["painted"]) == 6
    assert share(found["painted"], 0.5) < 1000


@pytest.mark.slow
def test_two_hundred_decisions_among_two_hundred_thousand_cases(decide: Any) -> None:
    from cases.models import Case
    from tscore.bench import many_cases

    many_cases.make(cases=200_000, now=timezone.now())
    decide(20)  # warm

    quick, slow = decide(200), decide(100, slowed=True)

    for name, values in (("painted", quick["painted"]), ("interaction", quick["felt"]), ("slowed", slow["painted"])):
        print(_told(name, values))  # noqa: T201  (the figures of the docs)
    assert Case.objects.filter(state="closed").count() == 320
    assert (share(quick["painted"], 0.95) <= 150, share(slow["painted"], 0.95) <= 400) == (True, True)
    assert share(quick["felt"], 0.98) <= 200


def test_the_case_page_and_the_queue_page_are_small(signed_in: Any, takeover: Any) -> None:
    for number in range(60):
        takeover(f"a-{number}")
    counts = {}
    for address, most in (("/queues/ato/", 1500), ("/cases/{}/", 2500)):
        signed_in.goto(address.format(_first_ref()))
        counts[address] = (signed_in.evaluate("document.querySelectorAll('*').length"), most)

    assert {address: found for address, (found, most) in counts.items() if found > most} == {}


def _first_ref() -> str:
    from cases.models import Case

    return str(re.fullmatch(r"C-\d+", Case.objects.earliest("pk").ref)[0])  # type: ignore[index]
