"""Practice: the story without its outcome, an answer of one's own, then the decision; nothing follows from it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Action, Case, Decision, PracticeAnswer
from cases.queries import practice
from cases.services import decisions, notes
from signals.models import Label
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


def decided(by, account="a-1", **fields):
    return build.decision(build.held_case(by, account), at=after(10), note="She told me so.", **fields)


def answered(client, decision, preset=1, **fields):
    choice = build.choice(preset)
    sent = {
        "form_key": "k", "policy": choice["policy_id"], "action": choice["action_kinds"],
        "label": choice["label_class"], "reason": choice["reason_id"],
    }  # fmt: skip
    return client.post(f"/practice/{decision.pk}/", sent | fields)


def test_practice_shows_the_story_and_nothing_of_the_outcome(ada, cleo, sign_in):
    made = decided(cleo)
    factories.event("account.suspended", after(11), account="a-1", action_id="act_1")
    made.case.entity.__class__.objects.update(state="suspended")
    client = sign_in(ada)

    start = client.get("/practice/")
    html = client.get(start["Location"]).text
    main = html.partition("<main")[2].partition("</main>")[0]

    assert start["Location"] == f"/practice/{made.pk}/"
    assert ["Something is odd." in main, "Signed in" in main or "signed in" in main] == [True, True]
    hidden = ("uspended", "Cleo", "She told me so", "Decided", "Apply", "/decision/", "/heartbeat/", 'name="evidence"')
    assert [word for word in hidden if word in main] == []


def test_answer_shows_what_differs_and_not_who_decided_and_leaves_no_trace(ada, cleo, sign_in):
    made, client = decided(cleo), sign_in(ada)
    before = [model.objects.count() for model in (Decision, Action, Label, AuditEvent)]

    answers = [answered(client, made, preset=3) for _ in range(2)]

    html = client.get(answers[0]["Location"]).text.partition("<main")[2].partition("</main>")[0]
    assert [answer["Location"] for answer in answers] == [f"/practice/{made.pk}/answer/"] * 2
    rows = re.findall(r'<th scope="row">(\w+)</th>.*?(<strong>yes</strong>|no</span>)', html)
    assert [name for name, how in rows if "yes" in how] == ["Actions", "Label", "Reason"]
    assert ["ato.confirmed" in html, "Cleo" in html] == [True, False]
    assert [model.objects.count() for model in (Decision, Action, Label, AuditEvent)] == before
    assert (PracticeAnswer.objects.count(), Case.objects.get().state) == (1, "closed")


def test_same_answer_is_said_to_be_the_same(ada, cleo, sign_in):
    made, client = decided(cleo, **build.choice(3)), sign_in(ada)

    answer = answered(client, made, preset=3)

    assert "The same in every part" in client.get(answer["Location"]).text


def test_answer_is_not_shown_before_one_gave_ones_own(ada, cleo, sign_in):
    made, client = decided(cleo), sign_in(ada)
    answered(sign_in(cleo), made)

    assert client.get(f"/practice/{made.pk}/answer/")["Location"] == f"/practice/{made.pk}/"


@pytest.mark.parametrize(
    "wrong", [{"label": "phishing.spam"}, {"reason": "999"}, {"policy": ""}, {"action": ["entity.block<svg>"]}]
)
def test_answer_that_does_not_fit_is_refused_and_not_kept(wrong, ada, cleo, sign_in):
    answer = answered(sign_in(ada), decided(cleo), **wrong)

    assert (answer.status_code, "Not answered" in answer.text, PracticeAnswer.objects.count()) == (422, True, 0)
    assert "<svg>" not in answer.text


def test_no_case_comes_again_before_all_were_seen_nor_ones_own_nor_one_taken_back(ada, cleo, sign_in):
    made = [decided(cleo, f"a-{number}") for number in range(3)]
    decided(ada, "own")
    back = decided(cleo, "back")
    decisions.reverse(decision_id=back.pk, actor=cleo, now=after(20))
    client, seen = sign_in(ada), []

    for number in range(6):
        seen.append(practice.next_id(ada))
        answered(client, Decision.objects.get(pk=seen[-1]), form_key=f"k{number}")

    assert sorted(seen[:3]) == [one.pk for one in made]
    assert seen[3:] == seen[:3]


def test_practice_is_of_queues_one_may_review(ben, cleo, sign_in):
    made, client = decided(cleo), sign_in(ben)

    assert "stand here to practise on" in client.get("/practice/").text
    assert [client.get(f"/practice/{made.pk}/").status_code, answered(client, made).status_code] == [404, 404]
    assert client.get(f"/practice/{made.pk}/answer/").status_code == 404


def test_practice_takes_as_many_statements_for_three_events_as_for_one(ada, cleo, sign_in):
    client, found = sign_in(ada), []
    for number in (1, 3):
        account = f"many-{number}"
        events = tuple(build.login(account, after(-index)) for index in range(number))
        build.signal(factories.entity("account", account), events=events, score=0.9)
        made = decided(cleo, account)
        notes.add(case_id=made.case_id, actor=cleo, text="x", now=after(12))
        client.get(f"/practice/{made.pk}/")
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/practice/{made.pk}/")
        found.append(counted(statements))

    assert len(found[0]) == len(found[1]) <= 6, found[1]
