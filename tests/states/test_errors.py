"""What a page says when it cannot do what was asked: what happened, what was kept, what next, and a reference."""

import pytest

from cases.services import leaving
from tests import factories
from tests.cases import build
from tscore.core import access
from tscore.core.errors import Busy, Fault, TooMany

pytestmark = pytest.mark.django_db
PAGES = (
    "/", "/queues/", "/queues/ato/", "/inbox/", "/bulk/", "/search/", "/me/decisions/", "/practice/", "/handbook/",
    "/audit/", "/mutes/", "/delivery/", "/actions/", "/dead-letters/", "/datasets/", "/labels/", "/cases/new/",
    "/views/1/", "/cases/C-1/", "/bulk/1/", "/e/account/en_1/", "/e/account/en_1/links/",
)  # fmt: skip


@pytest.fixture
def everybody(cleo):
    """Cleo with every group, so that no page is hidden from her."""
    from django.contrib.auth.models import Group

    cleo.groups.set(Group.objects.all())
    return cleo


@pytest.mark.parametrize(
    "told",
    [
        (TooMany(retry_after_s=30), 429, ("Nothing was changed. Try again in 30 s.", "Try again</a>")),
        (Fault(), 500, ("What you sent was not saved, unless a page says so.", "Try again</a>")),
        (Busy(retry_after_s=5), 503, ("Nothing was changed. Try again in 5 s.", "Try again</a>")),
    ],
)
def test_every_page_says_what_was_kept_what_next_and_a_reference(told, everybody, sign_in, monkeypatch):
    problem, status, words = told

    def fail(request):
        raise problem

    monkeypatch.setattr(access, "check", fail)
    client, found = sign_in(everybody), {}
    for address in PAGES:
        answer = client.get(address)
        html = answer.content.decode()
        said = [*words, f"Reference <code>{answer['X-Request-ID']}</code>"]
        found[address] = (answer.status_code, [one for one in said if one not in html])

    assert found == dict.fromkeys(PAGES, (status, []))


MISSING = {
    "/queues/nowhere/": "",
    "/views/999999/": "",
    "/cases/C-999999/": "C-999999",
    "/cases/C-999999/print/": "C-999999",
    "/bulk/999999/": "",
    "/e/account/ac_9/": "ac_9",
    "/e/account/ac_9/money/": "ac_9",
    "/practice/999999/": "",
    "/handbook/nothing/": "",
    "/dead-letters/dl_9/": "dl_9",
    "/datasets/ds_9/": "ds_9",
    "/nowhere/": "",
}


@pytest.mark.parametrize("address", MISSING)
def test_what_is_not_there_can_be_looked_up_with_its_id_filled_in(address, everybody, sign_in):
    answer = sign_in(everybody).get(address)

    html = answer.content.decode()
    assert answer.status_code == 404
    assert '<form class="row" action="/search/" method="post"' in html
    assert f'name="q" value="{MISSING[address]}"' in html
    assert f"Reference <code>{answer['X-Request-ID']}</code>" in html


def test_search_is_not_offered_to_those_who_may_not_search(auditor, sign_in):
    html = sign_in(auditor).get("/nowhere/").content.decode()

    assert "/search/" not in html
    assert "Go to your work" in html


def test_a_refusal_names_the_right_and_who_grants_it(ada, sign_in):
    escalated = build.held_case(ada, "a-e")
    leaving.escalate(case_id=escalated.pk, actor=ada, note="Look.", now=factories.NOON)
    asked = {
        ("/bulk/new/", "decide many cases of this queue at once", "a lead of the queue"): {"queue": "ato"},
        (f"/cases/{escalated.ref}/claim/", "lead this queue", "an administrator"): {},
    }
    for (address, right, grants), sent in asked.items():
        came = {"Referer": "http://testserver/queues/ato/"}
        answer = sign_in(ada).post(address, {**sent, "form_key": "k"}, headers=came)

        html = answer.content.decode()
        assert answer.status_code == 403, address
        assert f"Nothing was changed. It takes the right to {right}, which {grants} can grant." in html
        assert '<a class="button primary" href="http://testserver/queues/ato/">Go back</a>' in html


def test_what_belongs_to_its_maker_is_not_said_to_be_grantable(ada, cleo, sign_in):
    made = build.decision(build.held_case(cleo))

    html = sign_in(ada).post(f"/decisions/{made.pk}/reversal/").content.decode()

    assert "This goes with having made it and cannot be granted." in html


def test_a_conflict_leads_back_to_the_newest_state_of_the_page_it_came_from(ada, cleo, sign_in):
    case = build.held_case(cleo)
    came = f"http://testserver/cases/{case.ref}/"

    answer = sign_in(ada).post(f"/cases/{case.ref}/claim/", {"form_key": "k"}, headers={"Referer": came})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Your input was not applied." in html
    assert f'<a class="button primary" href="{came}">Open the newest state</a>' in html


@pytest.mark.parametrize("came", ["https://elsewhere.test/cases/C-1/", ""])
def test_going_back_never_leads_elsewhere(came, ada, cleo, sign_in):
    case = build.held_case(cleo)

    answer = sign_in(ada).post(f"/cases/{case.ref}/claim/", {"form_key": "k"}, headers={"Referer": came})

    assert '<a class="button primary" href="/">Open the newest state</a>' in answer.content.decode()


def test_a_form_that_is_not_complete_comes_back_with_a_summary(everybody, sign_in):
    case, client = build.held_case(everybody), sign_in(everybody)
    sent = {"form_key": "k", "queue": "ato", "version": case.version, "fence": case.fence}
    wrong = {
        f"/cases/{case.ref}/decision/": sent,
        "/mutes/": {"form_key": "m"},
        "/datasets/new/": {"key": "d"},
        "/queues/ato/filter/": {"f": "severity:purple"},
        f"/cases/{case.ref}/notes/": {"form_key": "n", "text": ""},
    }
    found = {}
    for address, form in wrong.items():
        answer = client.post(address, form)
        html = answer.content.decode()
        found[address] = (answer.status_code, 'role="alert" tabindex="-1" data-focus' in html or 'id="f-wrong"' in html)

    assert found == dict.fromkeys(wrong, (422, True))


def test_what_has_no_form_of_its_own_to_come_back_to_says_how_to_get_it(cleo, sign_in):
    answer = sign_in(cleo).post(
        "/bulk/new/", {"queue": "ato", "form_key": "b"}, headers={"Referer": "http://testserver/bulk/new/"}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was changed." in html
    assert '/bulk/new/">Start the form again</a>' in html
