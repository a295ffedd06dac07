"""The queue list: order, tabs, pages, empty states, statements and weight."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.services import catalogue, claims
from tests.cases import build
from tests.cases.web.statements import counted

pytestmark = pytest.mark.django_db


def refs(answer):
    return re.findall(r'href="/cases/(C-\d+)/" data-open', answer.content.decode())


def many(number):
    return [build.case(f"a-{index:03}", score=0.5 + index / 1000) for index in range(number)]


def test_queue_lists_cases_in_the_order_of_the_claim(ada, sign_in):
    many(3)
    wanted = [case.ref for case in Case.objects.order_by("-priority", "due_at", "id")]

    assert refs(sign_in(ada).get("/queues/ato/")) == wanted


def test_queue_tabs_keep_to_a_state(ada, sign_in):
    free, held = build.case("a-1"), build.held_case(ada, "a-2")
    client = sign_in(ada)

    assert refs(client.get("/queues/ato/?state=queued")) == [free.ref]
    assert refs(client.get("/queues/ato/?mine=1")) == [held.ref]


def test_queue_pages_by_key(ada, sign_in):
    many(51)
    client = sign_in(ada)
    first = client.get("/queues/ato/")

    following = client.get("/queues/ato/" + re.search(r'href="(\?[^"]*after=[^"]+)"', first.content.decode())[1])

    assert [len(refs(first)), len(refs(following))] == [50, 1]
    assert not set(refs(first)) & set(refs(following))


@pytest.mark.parametrize(
    ("address", "title"), [("/queues/ato/", "Nothing yet"), ("/queues/ato/?severity=critical", "No match")]
)
def test_empty_queue_says_which_kind_of_empty(address, title, ada, sign_in):
    assert f"<h2>{title}</h2>" in sign_in(ada).get(address).content.decode()


def test_queue_without_open_cases_is_all_done(ada, sign_in):
    build.decision(build.held_case(ada))

    assert "<h2>All done</h2>" in sign_in(ada).get("/queues/ato/").content.decode()


def test_queue_ignores_words_it_does_not_know(ada, sign_in):
    case = build.case()

    assert refs(sign_in(ada).get("/queues/ato/?severity=x&state=y")) == [case.ref]


def test_queue_needs_the_same_few_statements_for_one_row_and_fifty(ada, sign_in, monkeypatch):
    monkeypatch.setattr(catalogue, "CHECK_S", 3600)  # on a slow machine its regular check may fall into one of the two
    client, found = sign_in(ada), []
    for number in (1, 50):
        many(number)
        client.get("/queues/ato/")  # fills what is kept per process
        with CaptureQueriesContext(
            connection,
        ) as statements:
            client.get("/queues/ato/")
        found.append(counted(statements))

    assert len(found[0]) == len(found[1])
    assert len(found[1]) <= 8, found[1]


def test_queue_page_of_fifty_rows_weighs_at_most_40_kb(ada, sign_in):
    for index in range(50):
        sentence = f"{index} failed sign-ins, then a success, from an address never seen for this account"
        build.case(f"a-{index:05}", sentence=sentence)

    assert len(sign_in(ada).get("/queues/ato/").content) <= 40_000


def test_next_hands_out_the_most_urgent_case_and_opens_it(ada, sign_in):
    build.case("a-1", score=0.6)
    urgent = build.case("a-2", score=0.9)

    answer = sign_in(ada).post("/queues/ato/next/", {"form_key": "k"})

    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{urgent.ref}/")


def test_next_pressed_twice_takes_one_case(ada, sign_in):
    many(2)
    client = sign_in(ada)

    places = {client.post("/queues/ato/next/", {"form_key": "k"})["Location"] for _ in range(2)}

    assert len(places) == 1
    assert Case.objects.filter(state="reviewing").count() == 1


def test_next_of_a_drained_queue_says_so(ada, sign_in):
    client = sign_in(ada)

    answer = client.post("/queues/ato/next/", {"form_key": "k"}, follow=True)

    assert "Nothing is waiting for you here" in answer.content.decode()


def test_queue_shows_who_holds_a_case(ada, cleo, sign_in):
    claims.claim(case_id=build.case().pk, actor=cleo, now=build.factories.NOON)

    assert "In review Cleo" in sign_in(ada).get("/queues/ato/").content.decode()
