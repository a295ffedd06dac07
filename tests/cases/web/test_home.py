"""My work on one page: held, told, put aside, not sent yet, and where work waits."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Action, Decision
from cases.services import notes, waiting
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after

pytestmark = pytest.mark.django_db


def part(html, place):
    """Return one section of the page, or nothing."""
    found = re.search(rf'<section class="panel" aria-labelledby="{place}">.*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def snoozed(person, account):
    case, now = build.held_case(person, account), timezone.now()
    return waiting.snooze(case_id=case.pk, actor=person, until=now + timedelta(hours=4), now=now)


def decided_with_held_effect(person, account):
    """Decide with an effect that waits, as a warning does."""
    made = build.decision(build.held_case(person, account), action_kinds=["account.warn"])
    Action.objects.update(next_at=timezone.now() + timedelta(minutes=5))
    return made


def test_home_of_somebody_without_work_says_where_there_is_some(ada, sign_in):
    build.case()

    html = sign_in(ada).get("/").text

    assert ["No work assigned" in html, "1 queue you can open: 1 open." in html] == [True, True]
    assert [part(html, place) for place in ("not-sent", "told", "aside", "risk", "starred")] == [""] * 5


def test_home_shows_ones_own_work_and_nobody_elses(ada, cleo, sign_in):
    held, aside = build.held_case(cleo, "a-1"), snoozed(cleo, "a-2")
    made = decided_with_held_effect(cleo, "a-3")
    noted = build.case("a-4")
    notes.add(case_id=noted.pk, actor=ada, text="@Cleo, look.", now=after(1))

    mine, theirs = sign_in(cleo).get("/").text, sign_in(ada).get("/").text

    shown = {"held": held, "aside": aside, "not-sent": made.case, "told": noted}
    assert {place: re.findall(r'href="/cases/(C-\d+)/', part(mine, place)) for place in shown} == {
        place: [case.ref] for place, case in shown.items()
    }
    assert f'action="/decisions/{made.pk}/reversal/"' in part(mine, "not-sent")
    assert [re.findall(r"C-\d+", part(theirs, place)) for place in shown] == [[], [], [], []]


def test_decision_taken_back_or_sent_is_no_longer_to_be_stopped(cleo, sign_in):
    made, client = decided_with_held_effect(cleo, "a-1"), sign_in(cleo)
    Action.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    sent = part(client.get("/").text, "not-sent")
    Action.objects.update(next_at=timezone.now() + timedelta(minutes=5))

    client.post(f"/decisions/{made.pk}/reversal/")

    assert [sent, part(client.get("/").text, "not-sent")] == ["", ""]
    assert Decision.objects.count() == 2


def test_lead_sees_the_risk_of_the_queues_they_lead(ada, cleo, sign_in):
    build.case()

    risk = part(sign_in(cleo).get("/").text, "risk")

    assert re.findall(r"<dt>(.*?)</dt><dd>(\d+ of \d+) open", risk) == [
        ("Account takeover", "1 of 1"),
        ("Payments", "0 of 0"),
    ]
    assert part(sign_in(ada).get("/").text, "risk") == ""


def test_home_takes_as_many_statements_for_three_of_each_as_for_one(ada, cleo, sign_in):
    client, found = sign_in(cleo), []
    for number in (1, 2):
        for row in range(number):
            build.held_case(cleo, f"h-{number}-{row}")
            snoozed(cleo, f"s-{number}-{row}")
            decided_with_held_effect(cleo, f"d-{number}-{row}")
            notes.add(case_id=build.case(f"n-{number}-{row}").pk, actor=ada, text="@Cleo", now=after(1))
        client.get("/")
        with CaptureQueriesContext(connection) as statements:
            client.get("/")
        found.append(counted(statements))

    assert len(found[0]) == len(found[1]) <= 8, found[1]
