"""The page of the lanes, and drawn cases in the workspace: blind until they are decided."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Decision, SamplingLane
from cases.services import claims, correlation, reversals, sampling
from signals.models import Event
from tests.cases import build
from tests.cast import person
from tests.factories import entity, event
from tscore.core import db as database
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
NOW = timezone.now()
YESTERDAY = (NOW - timedelta(days=1)).replace(hour=12)
DRAWN_AT = NOW.replace(hour=23)


def draw(accounts, *, abuse_type="account_takeover"):
    SamplingLane.objects.exclude(abuse_type_id=abuse_type).update(is_on=False)
    for number in range(accounts):
        event("login.succeeded", YESTERDAY, account=f"s-{number}", method="password")
    Event.objects.update(scored_at=YESTERDAY)
    while sampling.draw_due(limit=1000, now=DRAWN_AT):
        pass
    return list(Case.objects.order_by("id"))


def judge(case, reviewer, preset):
    held = claims.claim(case_id=case.pk, actor=reviewer, now=NOW)
    build.decision(held, at=NOW, **build.choice(preset))


def test_leads_analysts_and_administrators_open_the_page(cleo, analyst, sign_in):
    assert [sign_in(who).get("/sampling/").status_code for who in (cleo, analyst, person("Dora", "admin"))] == [200] * 3


def test_the_page_does_not_exist_for_others(ada, mallory, auditor, sign_in):
    assert [sign_in(who).get("/sampling/").status_code for who in (ada, mallory, auditor)] == [404] * 3


def test_page_tells_what_was_drawn_and_what_it_says(ada, cleo, sign_in):
    cases = draw(20)
    for case, preset in zip(cases[:4], (1, 3, 3, 3), strict=True):
        judge(case, ada, preset)

    page = sign_in(cleo).get("/sampling/")

    line = next(line for line, *_ in page.context["lines"] if line.lane.abuse_type_id == "account_takeover")
    assert (line.drawn, line.judged, line.estimate.share, line.strata[0].bad) == (10, 4, 0.25, 1)
    assert "<strong>25.0% of the traffic is bad</strong>" in page.content.decode()


def test_a_decision_taken_back_judges_nothing(ada, cleo, sign_in):
    case = draw(3)[0]
    judge(case, ada, 1)
    decision_id = Decision.objects.get().pk
    database.in_transaction(lambda: reversals.reverse(decision_id=decision_id, actor=ada, now=NOW))

    page = sign_in(cleo).get("/sampling/")

    assert [line.estimate for line, *_ in page.context["lines"]] == [None] * 4


def test_page_costs_as_many_statements_with_one_draw_as_with_eight(ada, cleo, sign_in):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            sign_in(cleo).get("/sampling/")
        return len(captured)

    empty = statements()
    draw(8)

    assert statements() == empty


def test_lead_changes_a_budget_once_and_the_trail_says_so(cleo, sign_in):
    client = sign_in(cleo)
    key = client.get("/sampling/").context["lines"][0][3]
    fields = {"form_key": key, "lane": "random-account-takeover", "daily_budget": "25", "is_on": "on"}

    answers = [client.post("/sampling/", fields).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert SamplingLane.objects.get(slug="random-account-takeover").daily_budget == 25
    assert AuditEvent.objects.filter(verb="lane.changed").count() == 1


def test_refused_budget_is_said_beside_the_lane_and_analysts_change_nothing(cleo, analyst, sign_in):
    fields = {"form_key": "fk_1", "lane": "random-phishing", "daily_budget": "5000", "is_on": "on"}

    answers = [sign_in(who).post("/sampling/", fields) for who in (cleo, analyst)]

    assert [answer.status_code for answer in answers] == [422, 404]
    assert b"This lane could not be changed" in answers[0].content
    assert SamplingLane.objects.get(slug="random-phishing").daily_budget == 10


def test_blind_case_shows_no_finding_before_it_is_decided(ada, sign_in):
    case = draw(1)[0]
    build.signal(entity("account", "s-0"), sentence="Twelve wrong passwords.", score=0.9, at=NOW)
    correlation.correlate_pending(limit=10, now=NOW)
    before = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    case.refresh_from_db()
    judge(case, ada, 3)
    after = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert ("Twelve wrong" in before, "Drawn by chance" in before, "0.90" in before) == (False, True, False)
    assert "Twelve wrong" in after
