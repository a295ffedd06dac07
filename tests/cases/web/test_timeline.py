"""The time line: bands with their side, what was done merged in, filters that work as links."""

import re
from zoneinfo import ZoneInfo

import pytest

from cases.models import Case
from cases.queries.doings import Doing
from cases.services import correlation
from cases.web import story
from tests import factories
from tests.cases import build
from tests.cases.web.sample import NOON, event

UTC = ZoneInfo("UTC")
HOME = {"session": ("session", "s-1"), "device": ("device", "d-home")}
AWAY = {"session": ("session", "s-2"), "device": ("device", "d-away")}


def test_sessions_of_the_flagged_device_and_of_the_usual_one_are_told_apart():
    flagged = event("login.succeeded", 10, roles=AWAY, trigger=True)
    events = [
        event("account.updated", 5, roles=AWAY),
        flagged,
        event("login.succeeded", 300, roles=HOME),
        event("login.failed", 900, roles={"session": ("session", "s-0"), "device": ("device", "d-other")}),
    ]

    assert [band.side for band in story.bands(events, zone=UTC, trigger=flagged)] == ["flagged", "usual", ""]
    assert [band.side for band in story.bands(events, zone=UTC)] == ["", "", ""]


def test_a_session_stays_one_band_with_other_events_and_what_was_done_beside_it():
    events = [
        event("login.succeeded", 30, roles=HOME),
        event("payout.requested", 20),
        event("account.updated", 10, roles=HOME),
    ]
    done = [
        Doing("decision", "bad", "C-7", NOON),
        Doing("action", "account.suspend", "done", NOON),
        Doing("label", "ato.confirmed", "import", NOON),
    ]

    found = [(band.title, [line.what for line in band.events]) for band in story.bands(events, zone=UTC, done=done)]

    assert found == [
        ("1 March 2026", ["Decided: bad", "Action: locked", "Labelled ato.confirmed", "Payout asked for"]),
        ("Session 1 Mar 11:30–11:50", ["Changed details", "Signed in"]),
    ]


def shown(client, case, chosen, **headers):
    answer = client.get(f"/cases/{case.ref}/story/?events={chosen}", **headers)
    assert answer.status_code == 200
    html = answer.content.decode()
    part = html[html.index('id="time-line"') :]
    part = part[part.index('class="timeline body"') : part.index("</section>")]
    return re.findall(r'<span class="what">([^<]+)</span>', part)[1:]  # the first is pinned


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ("", ["Changed e-mail", "Changed name", "Message", "Signed in"]),
        ("risky", ["Changed e-mail"]),
        ("message", ["Message"]),
        ("payout", []),
        ("<svg onload=x>", ["Changed e-mail", "Changed name", "Message", "Signed in"]),
    ],
)
@pytest.mark.django_db
def test_filters_show_what_they_say_with_scripts_and_without(chosen, found, headers, ada, sign_in):
    case = build.held_case(ada)
    factories.event("account.updated", factories.after(9), account="a-1", changes=[{"field": "email"}])
    factories.event("account.updated", factories.after(8), account="a-1", changes=[{"field": "name"}])
    factories.event(
        "message.sent", factories.after(7), message="m", sender="a-1", recipient="a-2", text="<svg onload=x>"
    )
    client = sign_in(ada)

    lines = shown(client, case, chosen, **headers)

    assert lines == found


def test_the_time_line_tells_decisions_actions_and_labels_of_the_subject(db, ada, sign_in):
    case = build.held_case(ada)
    build.decision(case)

    lines = shown(sign_in(ada), case, "")

    assert "Decided: bad" in lines
    assert [line for line in lines if line.startswith("Action: ")]
    assert [line for line in lines if line.startswith("Labelled ")]


def test_a_blind_case_is_not_told_what_was_done_before(db, ada, sign_in):
    build.decision(build.held_case(ada))
    build.signal(factories.entity("account", "a-1"), events=(build.login("a-1", factories.after(60)),), score=0.9)
    correlation.correlate_pending(limit=9, now=factories.after(90))
    case = Case.objects.order_by("-pk")[0]
    Case.objects.filter(pk=case.pk).update(is_blind=True, state="queued", lane="random", closed_at=None)

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert "Decided: bad" not in html
