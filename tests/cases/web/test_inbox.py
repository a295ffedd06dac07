"""The inbox: one's own alone, what one may see alone, put away by key, counted in the rail."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import remove_perm

from cases.enums import InboxKind
from cases.models import InboxItem
from cases.services import inbox, notes
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def mention(case, author, text="@Cleo, look.", minute=1):
    notes.add(case_id=case.pk, actor=author, text=text, now=after(minute))
    return InboxItem.objects.latest("pk")


def job(person, number=1):
    with transaction.atomic():
        inbox.tell(person, InboxKind.JOB, words=f"{number} of 230 done", link=f"/bulk/{number}/", now=after(number))
    return InboxItem.objects.latest("pk")


def count_in_rail(client):
    found = re.search(r'href="/inbox/".*?</a>', client.get("/me/display/").text, re.DOTALL)[0]
    return re.findall(r'class="count">(\d+)', found)


def test_inbox_shows_what_where_and_by_whom_and_leads_there(ada, cleo, sign_in):
    case = build.case()
    item = mention(case, ada, "@Cleo, see https://evil.example/ <svg onload=alert(1)>\u202e")
    job(cleo)

    html = sign_in(cleo).get("/inbox/").text

    assert f'href="/cases/{case.ref}/#note-{item.note_id}"' in html
    assert f'href="/bulk/1/" id="inbox-{item.pk + 1}" data-open>1 of 230 done</a>' in html
    assert ["Mentions you" in html, "hxxps[:]//evil[.]example" in html] == [True, True]
    assert ["<svg onload" in html, "\u202e" in html] == [False, False]


def test_inbox_is_ones_own_and_of_queues_one_may_see(ada, cleo, queue_a, sign_in):
    item = mention(build.case(), ada)
    before = count_in_rail(sign_in(cleo))
    for right in ("review_queue", "lead_queue"):
        remove_perm(right, cleo, queue_a)

    assert (before, count_in_rail(sign_in(cleo)), count_in_rail(sign_in(ada))) == (["1"], [], [])
    assert "All done" in sign_in(cleo).get("/inbox/").text
    assert "All done" in sign_in(ada).get("/inbox/").text
    assert sign_in(ada).post(f"/inbox/{item.pk}/done/").status_code == 404
    assert sign_in(cleo).post(f"/inbox/{item.pk}/done/", **HTMX).status_code == 404


def test_done_twice_is_done_once_and_can_be_put_back(ada, cleo, sign_in):
    item, client = mention(build.case(), ada), sign_in(cleo)

    plain = client.post(f"/inbox/{item.pk}/done/")
    again = client.post(f"/inbox/{item.pk}/done/", **HTMX)

    assert (plain.status_code, plain["Location"], count_in_rail(client)) == (303, "/inbox/", [])
    assert again.text.count("<tr") == 1
    assert "Put back" in again.text
    assert "Put back" in client.get("/inbox/?done=1").text
    back = client.post(f"/inbox/{item.pk}/done/", {"back": "1"}, **HTMX)
    assert ["Put back" in back.text, count_in_rail(client)] == [False, ["1"]]


@pytest.mark.parametrize(("until", "left"), [("shown", ["3"]), ("", ["4"]), ("9" * 40, ["4"]), ("-1", ["4"])])
def test_all_done_leaves_what_came_after_the_page(until, left, cleo, sign_in):
    for number in range(4):
        job(cleo, number)
    shown = str(InboxItem.objects.earliest("pk").pk)

    client = sign_in(cleo)
    answer = client.post("/inbox/done/", {"until": shown if until == "shown" else until})

    assert (answer.status_code, count_in_rail(client)) == (303, left)


def test_inbox_pages_by_key(cleo, sign_in):
    for number in range(51):
        job(cleo, number)
    client = sign_in(cleo)
    first = client.get("/inbox/")

    following = client.get("/inbox/" + re.search(r'href="(\?[^"]*after=[^"]+)"', first.text)[1])

    assert [answer.text.count("data-open>") for answer in (first, following)] == [50, 1]


def test_inbox_takes_as_many_statements_for_three_as_for_one(ada, cleo, sign_in):
    client, found = sign_in(cleo), []
    for number in (1, 2):
        for row in range(number):
            mention(build.case(f"a-{number}-{row}"), ada)
        client.get("/inbox/")
        with CaptureQueriesContext(connection) as statements:
            client.get("/inbox/")
        found.append(counted(statements))

    assert len(found[0]) == len(found[1]) <= 3, found[1]


def test_fragment_never_asks_how_much_waits(ada, cleo, sign_in):
    case, client = build.held_case(cleo), sign_in(cleo)
    mention(case, ada)
    case.refresh_from_db()

    with CaptureQueriesContext(connection) as statements:
        answer = client.post(
            f"/cases/{case.ref}/decision/",
            {"queue": "ato", "version": case.version, "fence": case.fence, "form_key": "k", "preset": "1"},
            **HTMX,
        )

    assert answer.status_code == 200
    assert not [text for text in counted(statements) if "done_at" in text]
