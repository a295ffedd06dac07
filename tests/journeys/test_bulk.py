"""A bulk job in the browser: three of five by keys, looked at, run, seen to work, taken back; also without scripts."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from tests.journeys.axe import Looks, violations
from tests.journeys.scenes import enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def five(takeover: Any) -> list[Any]:
    """Five takeover cases, the most urgent first."""
    return [takeover(f"a-{number}", score=0.95 - number / 10) for number in range(5)]


@pytest.fixture
def lead(page: Any, console: str, cleo: Any) -> Any:
    """A page on which Cleo, who leads the queue, is signed in."""
    enter(page, console, cleo)
    return page


def test_three_of_five_are_decided_alike_and_taken_back(lead: Any, five: list[Any], market: Any) -> None:
    from cases.models import Decision
    from tests.marketplace.client import ledger

    _list_the_queue(lead)
    _leave_two_out(lead)
    _open_the_spot_check(lead)
    _run(lead)
    _work()
    lead.wait_for_selector("button:has-text('Take all of it back')")
    _deliver()
    assert Counter(line["kind"] for line in ledger(market.url)) == {
        "account.suspend": 3,
        "account.revoke_sessions": 3,
        "payout.hold": 3,
    }
    lead.click("button:has-text('Take all of it back')")
    lead.wait_for_selector("h2:has-text('Being taken back')")
    _work()
    lead.wait_for_selector("h2:has-text('Taken back')")
    _deliver()

    effects = Counter(line["kind"] for line in ledger(market.url))
    assert (effects["account.restore"], effects["payout.release"], effects["account.suspend"]) == (3, 3, 3)
    assert Counter(Decision.objects.values_list("verdict", flat=True)) == {"bad": 3, "withdrawn": 3}


def test_running_job_is_stopped(lead: Any, five: list[Any]) -> None:
    from cases.models import Decision

    _list_the_queue(lead)
    _open_the_spot_check(lead)
    _run(lead)
    lead.wait_for_selector("[role=progressbar]")
    lead.click("button:has-text('Stop')")
    _work()
    lead.wait_for_selector("text=5 left as they are")

    assert Decision.objects.count() == 0


def test_pages_of_bulk_jobs_have_no_violations(lead: Any, five: list[Any], looks: Looks) -> None:
    from signals.models import Entity

    Entity.objects.filter(external_id="a-4").update(hub=True)
    Entity.objects.filter(external_id="a-3").update(state="suspended")
    found = {}
    _list_the_queue(lead)
    job = lead.url
    for address in ("/bulk/new/", "/bulk/", job, f"{job}preview/", f"{job}preview/?preset=1"):
        lead.goto(address)
        _shoot(lead, address)
        found[address] = violations(lead, looks)
    lead.set_viewport_size({"width": 1440, "height": 900})
    lead.goto(job)
    _open_the_spot_check(lead)
    lead.goto(f"{job}preview/?preset=1")
    _shoot(lead, "ready")
    found["ready"] = violations(lead, looks)
    _run(lead, count=3)
    _shoot(lead, "running")
    found["running"] = violations(lead, looks)
    _work()
    lead.wait_for_selector("button:has-text('Take all of it back')")  # the page loads itself anew
    _shoot(lead, "done")
    found["done"] = violations(lead, looks)

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_bulk_works_without_scripts(browser: Any, console: str, cleo: Any, five: list[Any]) -> None:
    from cases.models import Decision

    context = browser.new_context(base_url=console, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    enter(page, console, cleo)

    _list_the_queue(page)
    page.uncheck("[name=item] >> nth=0")
    page.click("button:has-text('Keep these ticks')")
    page.wait_for_selector("h2:has-text('4 of 5 take part')")
    _open_the_spot_check(page)
    page.goto(f"{page.url}preview/?preset=3")
    page.fill("[name=why]", "All of them wrote to us")
    page.click("button:has-text('Run on 4 cases')")
    page.wait_for_selector("h2:has-text('Running')")
    _work()
    page.reload()
    page.click("button:has-text('Take all of it back')")
    context.close()
    _work()

    assert Counter(Decision.objects.values_list("verdict", flat=True)) == {"good": 4, "withdrawn": 4}


def _list_the_queue(page: Any) -> None:
    page.goto("/bulk/new/")
    page.select_option("[name=queue]", "ato")
    page.click("button:has-text('List these cases')")
    page.wait_for_selector("h1:has-text('5 cases of Account takeover')")


def _leave_two_out(page: Any) -> None:
    for left in ("4 of 5 take part", "3 of 5 take part"):
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.wait_for_selector(f"h2:has-text('{left}')")
    page.reload()
    page.wait_for_selector("h2:has-text('3 of 5 take part')")


def _open_the_spot_check(page: Any) -> None:
    for _ in range(3):
        page.click("#tally a >> nth=0")
        page.click("a:has-text('Back to the job')")
    page.wait_for_selector("text=Spot check: 3 of 3 opened")


def _run(page: Any, count: int = 0) -> None:
    if "preview" not in page.url:
        page.keyboard.press("b")
        page.wait_for_url("**/preview/")
        page.keyboard.press("1")
    page.wait_for_selector("#why")
    page.keyboard.press("m")
    page.keyboard.type("One ring of accounts")
    page.fill("#typed", str(count or page.inner_text("label[for=typed]").split()[1]))
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("h2:has-text('Running')")


def _work() -> None:
    from cases.services.bulk.stage import run_pending

    while run_pending(limit=20, now=timezone.now()):
        pass


def _deliver() -> None:
    from cases.services import enforcement

    while enforcement.deliver_pending(limit=100, now=timezone.now()):
        pass


def _shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.emulate_media(color_scheme="dark" if name in ("ready", "done") else "light")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.screenshot(path=f"{folder}/{name.strip('/').replace('/', '-').replace(':', '') or 'x'}.png")
