"""Taking, keeping and leaving a case without deciding it."""

import re

import pytest

from cases.models import Case, CaseSkip, InboxItem, Note
from cases.services import drafts, notes
from tests import factories
from tests.cases import build

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_claim_takes_the_case_and_opens_it(ada, sign_in):
    case, client = build.case(), sign_in(ada)

    answer = client.post(f"/cases/{case.ref}/claim/", {"form_key": "k"})

    assert answer["Location"] == f"/cases/{case.ref}/"
    assert Case.objects.values_list("state", "claimed_by").get() == ("reviewing", ada.pk)


def test_claim_of_a_held_case_is_refused_with_its_holder(ada, cleo, sign_in):
    case = build.held_case(cleo)

    answer = sign_in(ada).post(f"/cases/{case.ref}/claim/", {"form_key": "k"})

    assert answer.status_code == 409
    assert "Cleo" in answer.content.decode()


def test_heartbeat_renews_the_lease_and_says_how_long(ada, sign_in):
    case = build.held_case(ada)
    sent = {"fence": case.fence, "version": case.version}

    answer = sign_in(ada).post(f"/cases/{case.ref}/heartbeat/", sent, **HTMX)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Yours for" in html
    assert "Something was added" not in html


def test_heartbeat_tells_of_what_was_added(ada, cleo, sign_in):
    case = build.held_case(ada)
    sent = {"fence": case.fence, "version": case.version}
    notes.add(case_id=case.pk, actor=cleo, text="Look here", now=factories.after(1))

    html = sign_in(ada).post(f"/cases/{case.ref}/heartbeat/", sent, **HTMX).content.decode()

    assert "Something changed since you opened this case." in html


def test_heartbeat_of_a_lost_lease_says_so_and_stops(ada, cleo, sign_in):
    case = build.held_case(ada)
    sent = {"fence": case.fence, "version": case.version}
    Case.objects.update(claimed_by=cleo, fence=case.fence + 1)

    html = sign_in(ada).post(f"/cases/{case.ref}/heartbeat/", sent, **HTMX).content.decode()

    assert "Cleo is deciding" in html
    assert "hx-trigger" not in html


@pytest.mark.parametrize(
    ("address", "fields", "state"),
    [
        ("skip", {"reason": "unclear"}, "queued"),
        ("escalation", {}, "queued"),
        ("snooze", {"hours": "4"}, "waiting"),
    ],
)
def test_leaving_brings_the_next_case(address, fields, state, ada, sign_in):
    case, following = build.held_case(ada, "a-1"), build.case("a-2")

    answer = sign_in(ada).post(f"/cases/{case.ref}/{address}/", {"form_key": "k", **fields}, **HTMX)

    case.refresh_from_db()
    assert (answer.status_code, answer["HX-Push-Url"]) == (200, f"/cases/{following.ref}/")
    assert case.state == state


def test_skip_keeps_the_case_from_the_person(ada, sign_in):
    case = build.held_case(ada)

    answer = sign_in(ada).post(f"/cases/{case.ref}/skip/", {"form_key": "k", "reason": "language"})

    assert answer["Location"] == "/queues/ato/?drained=1"
    assert CaseSkip.objects.values_list("actor", "reason").get() == (ada.pk, "language")


@pytest.mark.parametrize(
    ("address", "fields"), [("skip", {"reason": "bored"}), ("snooze", {"hours": "7"}), ("holder", {})]
)
def test_leaving_with_a_wrong_choice_changes_nothing(address, fields, ada, sign_in):
    case = build.held_case(ada)

    answer = sign_in(ada).post(f"/cases/{case.ref}/{address}/", {"form_key": "k", **fields})

    assert answer.status_code == 422
    assert Case.objects.get().state == "reviewing"


def test_release_gives_the_case_back(ada, sign_in):
    case = build.held_case(ada)

    answer = sign_in(ada).post(f"/cases/{case.ref}/release/", {"form_key": "k"})

    assert answer["Location"] == "/queues/ato/"
    assert Case.objects.get().state == "queued"


def test_hold_keeps_the_case_for_hours(ada, sign_in):
    case = build.held_case(ada)
    client = sign_in(ada)

    client.post(f"/cases/{case.ref}/hold/", {"form_key": "k"})

    assert "Yours for 3 h" in client.get(f"/cases/{case.ref}/").content.decode()


def test_hand_over_gives_the_case_to_a_colleague(ada, cleo, sign_in):
    case = build.held_case(ada)

    sign_in(ada).post(f"/cases/{case.ref}/holder/", {"form_key": "k", "to": cleo.pk})

    assert Case.objects.get().claimed_by == cleo


def test_note_is_shown_with_its_author_and_its_links_dead(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    client.post(f"/cases/{case.ref}/notes/", {"form_key": "k", "text": "See https://evil.example/x <script>"})

    html = client.get(f"/cases/{case.ref}/").content.decode()
    assert "hxxps[:]//evil[.]example/x &lt;script&gt;" in html
    assert Note.objects.get().author == ada


def test_draft_is_kept_and_comes_back(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    answer = client.post(f"/cases/{case.ref}/draft/", {"note": "Half a thought", "preset": "2"}, **HTMX)

    assert answer.content == b"Draft kept"
    assert drafts.find(case_id=case.pk, actor=ada)["note"] == "Half a thought"
    assert "Half a thought</textarea>" in client.get(f"/cases/{case.ref}/").content.decode()


def test_case_that_waits_for_somebody_shows_that_its_clock_stands_still(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    data = {"hours": "4", "wait_for": "user", "form_key": "k", "fence": case.fence}

    client.post(f"/cases/{case.ref}/snooze/", data)

    case.refresh_from_db()
    assert (case.state, case.wait_for, case.waits.get().wait_for) == ("waiting", "user", "user")
    assert all("clock stopped" in client.get(page).content.decode() for page in ("/queues/ato/", f"/cases/{case.ref}/"))


def test_a_lead_is_asked_beside_the_ways_out_and_the_case_stays(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    key = re.search(r'value="(a-[^"]+)"', client.get(f"/cases/{case.ref}/").text)[1]

    client.post(f"/cases/{case.ref}/notes/", {"form_key": key, "text": "Is this policy?", "ask": "lead"})

    case.refresh_from_db()
    assert InboxItem.objects.values_list("person", "kind").get() == (cleo.pk, "question")
    assert (case.state, case.claimed_by) == ("reviewing", ada)
