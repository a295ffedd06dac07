"""Notes on the page of a case: calling colleagues, asking a lead, changing, pinning; a refused text comes back."""

import re

import pytest
from guardian.shortcuts import assign_perm

from cases.models import InboxItem, Note
from cases.services import notes
from tests import factories
from tests.cases import build
from tests.cast import person

pytestmark = pytest.mark.django_db


def post(client, case, address="", **fields):
    return client.post(f"/cases/{case.ref}/notes/{address}", {"form_key": "k", **fields})


def test_note_calls_and_shows_whom_it_told(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    answer = post(client, case, text="@Cleo, is this yours?")

    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    html = client.get(f"/cases/{case.ref}/").text
    assert "Told:" in html
    assert "@" + '<span class="untrusted line" dir="auto" hx-disable>Cleo</span>' in html


def test_person_chosen_from_the_list_is_called_like_one_typed(ada, cleo, sign_in):
    case = build.case()

    post(sign_in(ada), case, text="Yours?", tell=cleo.pk)

    assert notes.text_of(Note.objects.get()) == "Yours? @Cleo"
    assert InboxItem.objects.get().person == cleo


def test_list_offers_who_may_see_the_queue_and_nobody_else(ada, ben, cleo, mallory, sign_in):
    html = sign_in(ada).get(f"/cases/{build.case().ref}/").text

    offered = html.partition('<select id="tell"')[2].partition("</select>")[0]
    assert [name in offered for name in ("Cleo", "Ada", "Ben", "Mallory")] == [True, False, False, False]


@pytest.mark.parametrize("name", ["Ben", "<svg/onload=alert(1)>", "B\u202een"])
def test_unknown_name_is_said_and_the_text_comes_back_and_is_stored_once_corrected(name, ada, ben, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    refused = post(client, case, text=f"@Cleo or @B{name}: <b>\u202e")
    corrected = post(client, case, text="@Cleo or Ben?")

    assert refused.status_code == 422
    assert "nobody of this name may see this queue" in refused.text
    assert f"@Cleo or @B{name}: <b>".replace("<", "&lt;").replace(">", "&gt;") in refused.text
    assert (corrected.status_code, Note.objects.count(), InboxItem.objects.count()) == (303, 1, 1)


def test_asking_a_lead_keeps_the_case_and_sending_twice_asks_once(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    answers = [post(client, case, text="Is this policy?", ask="lead") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert list(InboxItem.objects.values_list("person", "kind")) == [(cleo.pk, "question")]
    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("reviewing", ada)


def test_author_changes_a_note_and_others_may_not(ada, cleo, sign_in):
    case = build.case()
    note = notes.add(case_id=case.pk, actor=ada, text="First.", now=factories.after(1))

    refused = post(sign_in(cleo), case, f"{note.pk}/", text="Mine.")
    changed = post(sign_in(ada), case, f"{note.pk}/", text="Second.")
    wrong = post(sign_in(ada), case, f"{note.pk}/", text="@Ghost", form_key="other")

    assert [answer.status_code for answer in (refused, changed, wrong)] == [403, 303, 422]
    assert f'<textarea id="change-{note.pk}" name="text" rows="2" maxlength="5000" required>@Ghost' in wrong.text
    html = sign_in(cleo).get(f"/cases/{case.ref}/").text
    assert ["1 earlier version" in html, "First." in html, "Second." in html] == [True, True, True]
    assert f'/notes/{note.pk}/"' not in html


@pytest.mark.parametrize("address", ["", "{note}/", "{note}/pin/"])
def test_notes_of_other_queues_do_not_exist(address, ada, ben, sign_in):
    case = build.case()
    note = notes.add(case_id=case.pk, actor=ada, text="First.", now=factories.after(1))

    answer = post(sign_in(ben), case, address.format(note=note.pk), text="x", pinned="1")

    assert answer.status_code == 404
    assert list(Note.objects.values_list("is_pinned", "edited_at")) == [(False, None)]


def test_pin_and_unpin(ada, sign_in):
    case, client = build.case(), sign_in(ada)
    note = notes.add(case_id=case.pk, actor=ada, text="Known to the bank.", now=factories.after(1))

    post(client, case, f"{note.pk}/pin/", pinned="1")
    assert "Take the pin off" in client.get(f"/cases/{case.ref}/").text
    post(client, case, f"{note.pk}/pin/", pinned="0")

    assert not Note.objects.get().is_pinned


def test_names_of_colleagues_are_text_and_nothing_else(ada, queue_a, sign_in):
    evil = person('<img src=x onerror="a()">\u202e Eve')
    assign_perm("review_queue", evil, queue_a)
    case, client = build.case(), sign_in(ada)

    post(client, case, text="Yours?", tell=evil.pk)

    html = re.sub(r"<textarea.*?</textarea>", "", client.get(f"/cases/{case.ref}/").text, flags=re.DOTALL)
    assert InboxItem.objects.get().person == evil
    assert ["<img" in html, "\u202e" in html] == [False, False]
