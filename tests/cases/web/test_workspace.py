"""The review workspace shows why a case is here, and nothing an attacker wrote acts on its own."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services import correlation, leaving
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted

pytestmark = pytest.mark.django_db
ATTACK = '<img src=x onerror=alert(1)> <a href="https://evil.example/x">win</a>'


def html_of(client, case):
    answer = client.get(f"/cases/{case.ref}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_workspace_shows_reason_value_usual_and_base_rate(ada, sign_in):
    case = build.held_case(ada, sentence="Four failed sign-ins, then a success")

    html = html_of(sign_in(ada), case)

    assert "Four failed sign-ins, then a success" in html
    assert "Here <b>1</b>" in html
    assert "Usual <b>0</b>" in html
    assert "base rate not known" in html


def test_workspace_shows_the_terms_of_the_rank_without_a_score(ada, sign_in):
    html = html_of(sign_in(ada), build.held_case(ada))

    assert "how likely it is × €10 at stake" in html
    assert "0.80" not in html


def test_workspace_offers_presets_and_chooses_none(ada, sign_in):
    html = html_of(sign_in(ada), build.held_case(ada))

    assert re.findall(r'name="preset" value="(\w+)"', html) == ["1", "2", "3", "own"]
    assert not re.search(r'name="preset"[^>]*checked', html)


def test_workspace_of_a_free_case_offers_to_take_it(ada, sign_in):
    case = build.case()

    html = html_of(sign_in(ada), case)

    assert f'action="/cases/{case.ref}/claim/"' in html
    assert 'id="decision"' not in html


def test_workspace_of_a_colleagues_case_is_read_only(ada, cleo, sign_in):
    html = html_of(sign_in(ada), build.held_case(cleo))

    assert "Cleo is deciding" in html
    assert 'id="decision"' not in html


def test_workspace_of_a_closed_case_shows_the_decision_with_its_undo(ada, sign_in):
    case = build.held_case(ada)
    made = build.decision(case)

    html = html_of(sign_in(ada), case)

    assert f'action="/decisions/{made.pk}/reversal/"' in html
    assert 'id="decision"' not in html


def test_workspace_of_an_escalated_case_is_for_leads(ada, cleo, sign_in):
    case = build.held_case(ada)
    leaving.escalate(case_id=case.pk, actor=ada, now=factories.NOON)

    assert "/claim/" not in html_of(sign_in(ada), case)
    assert "/claim/" in html_of(sign_in(cleo), case)


def test_workspace_shows_attacks_as_text(cleo, sign_in):
    message = factories.event("message.sent", factories.NOON, message="m-1", sender="a-1", recipient="a-2", text=ATTACK)
    build.signal(factories.entity("account", "a-1"), "account_takeover", events=(message,), sentence=ATTACK)
    correlation.correlate_pending(limit=10, now=factories.NOON)
    case = build.Case.objects.get()

    html = html_of(sign_in(cleo), case)

    assert "<img src=x" not in html
    assert "https://evil" not in html


def test_workspace_needs_the_same_statements_for_one_event_and_fifty(ada, sign_in):
    client, found = sign_in(ada), []
    for number in (1, 50):
        events = tuple(build.login(f"many-{number}", factories.after(-index)) for index in range(number))
        build.signal(factories.entity("account", f"many-{number}"), events=events)
        correlation.correlate_pending(limit=100, now=factories.NOON)
        case = build.Case.objects.order_by("-pk").first()
        client.get("/queues/ato/")
        with CaptureQueriesContext(connection) as statements:
            html_of(client, case)
        found.append(counted(statements))

    assert len(found[0]) == len(found[1])
