"""Scores are on no page before they are asked for, in no queue that keeps them back, and never on a blind case."""

import re

import pytest
from django.template.loader import render_to_string

from cases.enums import ScoreDisplay
from cases.models import Case, Queue
from cases.queries.what import ReasonLine
from cases.services import catalogue
from signals.models import Detector
from tests.cases import build
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
SCORE, SAID = 0.8173, "0.82"


@pytest.fixture
def shows(queue_a):
    """Return a setter of when queue A shows scores."""

    def set_to(display):
        Queue.objects.filter(pk=queue_a.pk).update(score_display=display)
        catalogue.forget()

    yield set_to
    catalogue.forget()


@pytest.fixture
def signed_in(ada, sign_in):
    """Ada and her browser."""
    return ada, sign_in(ada)


def html_of(client, address, *, status=200, **headers):
    answer = client.get(address, **headers)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_score_is_asked_for(ada, sign_in):
    case, client = build.held_case(ada, score=SCORE), sign_in(ada)

    page = html_of(client, f"/cases/{case.ref}/")
    asked = html_of(client, f"/cases/{case.ref}/scores/", HTTP_HX_REQUEST="true")

    assert (SAID in page, "test.account_takeover 1" in page) == (False, False)
    assert f'hx-get="/cases/{case.ref}/scores/"' in page
    assert (SAID in asked, "test.account_takeover 1" in asked, "not calibrated" in asked) == (True, True, True)
    assert "0.82 probability (not calibrated) × €10 at stake" in asked
    assert SAID in html_of(client, f"/cases/{case.ref}/scores/")


@pytest.mark.parametrize(
    ("display", "is_on_page", "status"),
    [
        (ScoreDisplay.ALWAYS, True, 200),
        (ScoreDisplay.ON_REQUEST, False, 200),
        (ScoreDisplay.AFTER_DECISION, False, 404),
    ],
)
def test_a_queue_says_when_scores_are_shown(display, is_on_page, status, shows, signed_in):
    ada, client = signed_in
    case = build.held_case(ada, score=SCORE)
    shows(display)

    page = html_of(client, f"/cases/{case.ref}/")
    html_of(client, f"/cases/{case.ref}/scores/", status=status)

    assert (SAID in page, "Scores are shown after the decision" in page) == (is_on_page, status == 404)

    build.decision(case)
    assert SAID in html_of(client, f"/cases/{case.ref}/scores/")


def test_a_blind_case_shows_no_score_whatever_its_queue_says(shows, ada, sign_in):
    case, client = build.held_case(ada, score=SCORE), sign_in(ada)
    Case.objects.filter(pk=case.pk).update(is_blind=True, lane="random", inclusion_probability=0.1)
    shows(ScoreDisplay.ALWAYS)

    assert SAID not in html_of(client, f"/cases/{case.ref}/")
    html_of(client, f"/cases/{case.ref}/scores/", status=404)


def test_the_next_case_of_a_queue_that_shows_scores_fetches_them_a_moment_later(shows, ada, sign_in):
    case, client = build.held_case(ada, "a-1", score=0.9), sign_in(ada)
    build.case("a-2", score=SCORE)
    shows(ScoreDisplay.ALWAYS)
    fields = {
        "queue": "ato",
        "version": case.version,
        "fence": case.fence,
        "form_key": "k",
        "then": "next",
        "preset": 1,
    }

    answer = client.post(f"/cases/{case.ref}/decision/", fields, HTTP_HX_REQUEST="true").content.decode()

    assert (SAID in answer, 'hx-trigger="load"' in answer) == (False, True)


def test_whoever_leads_the_queue_chooses(cleo, sign_in, queue_a):
    client = sign_in(cleo)
    promised = client.get("/admin/queues/ato/").context["form"]
    fields = {name: promised[name].value() or "" for name in promised.fields} | {"score_display": "after_decision"}
    fields |= {name: 60 for name in promised.fields if name.startswith("minutes_")}

    for _ in "12":
        assert client.post("/admin/queues/ato/", fields | {"form_key": "once"}).status_code == 303

    queue_a.refresh_from_db()
    [entry] = AuditEvent.objects.filter(verb="score_display.changed")
    assert (queue_a.score_display, entry.before, entry.after) == (
        "after_decision",
        {"score_display": "on_request"},
        {"score_display": "after_decision"},
    )
    catalogue.forget()


def test_a_reason_shows_the_base_rate_counted_for_its_code(ada, sign_in):
    case = build.held_case(ada)
    Detector.objects.update(base_rates={"odd": {"bad": 38, "of": 41, "days": 90}})

    page = html_of(sign_in(ada), f"/cases/{case.ref}/")

    assert "3 of 41 like this were legitimate in 90 days" in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (("c", "Odd.", None, None, None, None), ["Odd.", "base rate not known", "Here not known", "Usual not known"]),
        (
            ("c", "Odd.", 4, 1, {"bad": 1, "of": 9, "days": 90}, 0.6),
            ["Odd.", "8 of 9 like this were legitimate in 90 days", "Here 4", "Usual 1"],
        ),
        (("c", "Odd.", 4, 1, {"bad": 12, "of": 9, "days": 90}, 1), ["Odd.", "0 of 9 like this", "Here 4", "Usual 1"]),
    ],
)
def test_each_reason_says_sentence_value_usual_and_base_rate_or_that_it_is_not_known(reason, said):
    shown = render_to_string("components/_reason.html", {"reason": ReasonLine(*reason)})

    text = " ".join(re.sub(r"<[^>]+>", "", shown).split())
    assert [words for words in said if words not in text] == []
