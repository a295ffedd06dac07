"""A new case by hand: with a reason and whose it is, without a score; or added to the one that is open."""

import re

import pytest
from guardian.shortcuts import assign_perm

from cases.models import Case, InboxItem, Note
from cases.services import correlation, notes, opening
from cases.services.opening import OpenAlready, WrongSubject
from signals.models import Signal
from tests import factories
from tests.cases import build
from tests.cast import person
from tests.factories import after
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    """One account that nothing was found about."""
    build.login("a-9")
    return factories.entity("account", "a-9")


def entered(account, **fields):
    given = {"form_key": "k", "q": "a-9", "subject": account.ref, "queue": "ato", "severity": "high", "then": "leave"}
    return given | {"reason": "The owner called."} | fields


def test_look_up_finds_the_subject_and_keeps_it_out_of_the_address(ada, account, sign_in):
    client = sign_in(ada)

    found = client.post("/cases/new/", {"q": " a-9 "})
    nothing = client.post("/cases/new/", {"q": "<svg onload=alert(1)>"})

    assert (found.status_code, f'name="subject" value="{account.ref}"' in found.text) == (200, True)
    assert "Nothing is known by this id" in nothing.text
    assert "<svg onload" not in nothing.text


def test_page_of_a_subject_leads_to_a_new_case_about_it(ada, account, sign_in):
    client = sign_in(ada)

    address = re.search(r'href="(/cases/new/[^"]+)"', client.get(f"/e/account/{account.ref}/").text)[1]

    assert f'name="subject" value="{account.ref}" required checked' in client.get(address).text


def test_case_by_hand_has_a_reason_its_author_and_no_score(ada, cleo, account, sign_in):
    client = sign_in(ada)

    answer = client.post("/cases/new/", entered(account, reason="The owner called: https://evil.example @Cleo"))

    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    assert (case.state, case.severity, case.lane, case.inclusion_probability) == ("queued", "high", "report", None)
    assert (case.opened_by, case.probability, case.is_blind, Signal.objects.count()) == (ada, 0, False, 0)
    assert build.verbs(case) == ["case.opened", "note.added"]
    assert "owner" not in str(AuditEvent.objects.filter(verb="case.opened").values())
    assert InboxItem.objects.get().person == cleo
    html = sign_in(cleo).get(answer["Location"]).text
    why = html.partition('id="why"')[2].partition("</section>")[0]
    assert ["Opened by hand by" in why, "hxxps[:]//evil[.]example" in why, "Drawn" in why] == [True, True, False]
    assert "opened by hand, so it has no score" in why


def test_sending_twice_opens_once_and_takes_it(ada, account, sign_in):
    client = sign_in(ada)

    answers = [client.post("/cases/new/", entered(account, then="take")) for _ in range(2)]

    case = Case.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/cases/{case.ref}/"] * 2
    assert (case.state, case.claimed_by, Note.objects.count()) == ("reviewing", ada, 1)
    made = build.decision(case)
    assert (made.case_id, Case.objects.get().state) == (case.pk, "closed")


def test_open_case_is_added_to_instead(ada, sign_in):
    case, client = build.case("a-9"), sign_in(ada)

    refused = client.post("/cases/new/", entered(case.entity))
    client.post("/cases/new/", {"form_key": "other", "add_to": case.ref, "reason": "The owner called."})

    assert (refused.status_code, f"Add to {case.ref}" in refused.text) == (409, True)
    assert 'name="reason" value="The owner called."' in refused.text
    assert (Case.objects.count(), notes.text_of(Note.objects.get())) == (1, "The owner called.")


def test_open_case_of_a_queue_one_may_not_see_is_not_named(ada, queue_b, sign_in):
    case = build.case("a-9")
    Case.objects.update(queue=queue_b)

    refused = sign_in(ada).post("/cases/new/", entered(case.entity))

    assert (refused.status_code, case.ref in refused.text) == (409, False)
    assert "in a queue you may not review" in refused.text


@pytest.mark.usefixtures("ben")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"queue": "payments"}, "Select a valid choice"),
        ({"severity": "worst"}, "Select a valid choice"),
        ({"reason": "  "}, "This field is required"),
        ({"reason": "Ask @Ben"}, "nobody of this name may see this queue"),
        ({"subject": ""}, "Choose whom it is about"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_opened(wrong, words, ada, account, sign_in):
    answer = sign_in(ada).post("/cases/new/", entered(account, **wrong))

    assert (answer.status_code, words in answer.text, Case.objects.count()) == (422, True, 0)
    assert f'value="{account.ref}"' in answer.text


def test_subject_must_be_known_and_fit_the_queue(ada, queue_a):
    listing = factories.entity("listing", "l-1")
    asked = {"queue": queue_a, "severity": "low", "reason": "x", "actor": ada, "now": after(1)}

    with pytest.raises(WrongSubject, match="account, session, device, ip"):
        opening.open_by_hand(subject_ref=listing.ref, **asked)
    with pytest.raises(Missing):
        opening.open_by_hand(subject_ref="en_none", **asked)


@pytest.mark.parametrize(("who", "status"), [("mallory", 404), ("auditor", 404), ("analyst", 200)])
def test_page_is_for_those_who_look_people_up_and_opens_only_in_their_queues(who, status, account, sign_in, request):
    client = sign_in(request.getfixturevalue(who))

    assert client.get("/cases/new/").status_code == status
    assert client.post("/cases/new/", entered(account)).status_code == (status if status == 404 else 422)
    assert not Case.objects.exists()


def test_finding_joins_the_case_and_ranks_it(ada, account, queue_a):
    case = opening.open_by_hand(
        subject_ref=account.ref, queue=queue_a, severity="low", reason="x", actor=ada, now=after(1)
    )
    build.signal(account, score=0.9, severity="high", sentence="Odd.")
    correlation.correlate_pending(limit=10, now=after(2))

    joined = Case.objects.get()
    assert (joined.pk, joined.severity, joined.lane, joined.headline) == (case.pk, "high", "report", "Odd.")
    with pytest.raises(OpenAlready):
        opening.open_by_hand(
            subject_ref=account.ref, queue=queue_a, severity="low", reason="x", actor=ada, now=after(3)
        )


def test_names_are_text_and_nothing_else(queue_a, account, sign_in):
    eve = person('<img src=x onerror="a()">\u202e', "reviewer")
    assign_perm("review_queue", eve, queue_a)
    client = sign_in(eve)

    answer = client.post("/cases/new/", entered(account, reason="<svg onload=a()>"))

    why = client.get(answer["Location"]).text.partition('id="why"')[2].partition("</section>")[0]
    assert ["Opened by hand" in why, "<img" in why, "<svg onload" in why, "\u202e" in why] == [
        True,
        False,
        False,
        False,
    ]
