"""Home, my decisions, entity, search, actions, audit: what they show to whom."""

import re

import pytest

from tests import factories
from tests.cases import build
from tscore.core import crypto

pytestmark = pytest.mark.django_db


def test_home_shows_what_i_hold_and_where_work_waits(ada, sign_in):
    held, _ = build.held_case(ada, "a-1"), build.case("a-2")

    html = sign_in(ada).get("/").content.decode()

    assert re.findall(r'href="/cases/(C-\d+)/" data-open', html) == [held.ref]
    assert 'action="/queues/ato/next/"' in html


def test_home_of_an_idle_person_says_where_work_is(ada, sign_in):
    build.case()

    assert "1 queue you can open: 1 open." in sign_in(ada).get("/").content.decode()


def test_home_is_where_one_lands_after_signing_in(ada, client):
    ada.set_password("correct horse battery")
    ada.save()

    answer = client.post("/login/", {"username": ada.email, "password": "correct horse battery"})

    assert answer["Location"] == "/"


def test_search_goes_to_the_one_thing_and_keeps_it_out_of_the_address(ada, sign_in):
    email = factories.entity("email", crypto.token("email", "maria@mail.example"))

    answer = sign_in(ada).post("/search/", {"q": "Maria@mail.example"})

    assert (answer.status_code, answer["Location"]) == (303, f"/e/email/{email.ref}/")


def test_search_lists_several_hits(ada, sign_in):
    factories.entity("account", "same-1"), factories.entity("device", "same-1")

    html = sign_in(ada).post("/search/", {"q": "same-1"}).content.decode()

    assert set(re.findall(r'href="/e/(\w+)/', html)) == {"account", "device"}


def test_search_finds_a_case_by_its_word(ada, sign_in):
    case = build.case()

    assert sign_in(ada).post("/search/", {"q": case.ref.lower()})["Location"] == f"/cases/{case.ref}/"


def test_search_says_that_nothing_was_found(ada, sign_in):
    assert "<h2>No match</h2>" in sign_in(ada).post("/search/", {"q": "nothing-like-it"}).content.decode()


def test_search_never_reads_the_address(ada, sign_in):
    build.case()

    assert "C-" not in re.sub(r"C-812", "", sign_in(ada).get("/search/?q=a-1").content.decode())


@pytest.mark.parametrize("tab", ["", "activity/", "links/", "cases/", "decisions/"])
def test_entity_has_a_page_for_each_tab(tab, ada, sign_in):
    case = build.case()

    answer = sign_in(ada).get(f"/e/account/{case.entity.ref}/{tab}")

    assert answer.status_code == 200
    assert answer.content.decode().count('aria-current="page"') == 1


def test_entity_has_no_other_tab(ada, sign_in):
    case = build.case()

    assert sign_in(ada).get(f"/e/account/{case.entity.ref}/elsewhere/").status_code == 404


def test_actions_show_delivery_and_the_way_back(ada, sign_in):
    made = build.decision(build.held_case(ada))

    html = sign_in(ada).get("/actions/").content.decode()

    assert "To be sent" in html
    assert f'action="/decisions/{made.pk}/reversal/"' in html


def test_actions_of_other_queues_are_not_shown(ada, ben, sign_in):
    build.decision(build.held_case(ada))

    assert "<h2>Nothing yet</h2>" in sign_in(ben).get("/actions/").content.decode()


def test_actions_filter_by_state(ada, sign_in):
    build.decision(build.held_case(ada))
    client = sign_in(ada)

    assert "<h2>No match</h2>" in client.get("/actions/?state=failed").content.decode()
    assert "data-row" in client.get("/actions/?state=pending").content.decode()


def test_audit_shows_who_did_what(ada, auditor, sign_in):
    case = build.held_case(ada)

    html = sign_in(auditor).get(f"/audit/?object_type=case&object_ref={case.ref}").content.decode()

    assert "Ada took the case" in html


def test_audit_says_that_the_chain_is_intact(ada, auditor, sign_in):
    build.held_case(ada)

    html = sign_in(auditor).post("/audit/verification/").content.decode()

    assert "Intact: 0 sealed entries" in html


def test_audit_is_not_for_reviewers(ada, sign_in):
    assert sign_in(ada).get("/audit/").status_code == 404


def test_my_decisions_are_mine(ada, cleo, sign_in):
    case = build.held_case(ada)
    build.decision(case)

    assert f'href="/cases/{case.ref}/" data-open' in sign_in(ada).get("/me/decisions/").content.decode()
    assert "<h2>Nothing yet</h2>" in sign_in(cleo).get("/me/decisions/").content.decode()


@pytest.mark.parametrize("address", ["/queues/ato/", "/actions/", "/audit/"])
def test_a_damaged_page_address_is_refused_in_words(address, cleo, sign_in):
    answer = sign_in(cleo).get(f"{address}?after=damaged")

    assert answer.status_code == 422
    assert "Start again from the first page." in answer.content.decode()
