"""Finding, seeing, deciding and taking back a ring in the browser, with and without scripts."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseMember, Decision
from cases.services import claims, ring_members
from signals.models import Entity
from tests import factories
from tests.cases import build, ring
from tests.cases.web.statements import counted
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
HOSTILE = '"><script>alert(1)</script>https://evil.example/x'


def form(case, ticked=None, **fields):
    case.refresh_from_db()
    values = [f"{one.entity_id}.{one.version}" for one in ring_members.undecided(ring_members.of(case.pk))]
    seen = {"queue": "ato", "version": case.version, "fence": case.fence, "form_key": f"key-{case.version}"}
    return {**seen, "ring": "1", "member": values if ticked is None else values[:ticked], "preset": "1", **fields}


def post(client, case, ticked=None, **fields):
    more = {key: fields.pop(key) for key in list(fields) if key.startswith("HTTP_")}
    return client.post(f"/cases/{case.ref}/decision/", form(case, ticked, **fields), **more)


def find(client, account="a-1", **fields):
    ref = factories.entity("account", account).ref
    return client.post(f"/e/account/{ref}/ring/", {"form_key": "find", **fields})


def test_finding_a_ring_leads_to_its_case(ada, sign_in):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")

    answer = find(sign_in(ada))

    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{Case.objects.get().ref}/")


def test_finding_twice_with_one_key_opens_one_case(ada, sign_in):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    client = sign_in(ada)

    answers = [find(client)["Location"] for _ in range(2)]

    assert (len(set(answers)), Case.objects.count()) == (1, 1)


def test_finding_nothing_is_said_on_the_page_of_the_account(ada, sign_in):
    ring.share("device", "d-9", "a-1", "a-2")
    client = sign_in(ada)

    answer = find(client)

    assert answer["Location"].endswith("/?ring=none")
    assert "No ring here" in client.get(answer["Location"]).content.decode()


def test_finding_a_ring_of_another_queue_says_so(ben, sign_in):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    client = sign_in(ben)

    answer = find(client)

    assert "in a queue you may not open" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("person", "status"), [("mallory", 404), ("auditor", 404), ("analyst", 303)])
def test_finding_rings_is_for_people_who_may_see_accounts(person, status, request, sign_in):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")

    assert find(sign_in(request.getfixturevalue(person))).status_code == status


def test_finding_around_a_thing_is_refused(ada, sign_in):
    device = ring.share("device", "d-9", "a-1", "a-2", "a-3")

    assert sign_in(ada).post(f"/e/device/{device.ref}/ring/", {"form_key": "k"}).status_code == 422
    assert sign_in(ada).post(f"/e/account/{factories.entity('account', 'a-1').ref}/ring/").status_code == 422


def test_page_says_in_plain_words_what_joins_the_members(ada, sign_in):
    own = ring.flag("a-2")
    ring.share("ip", "~ip", "a-1", "a-2")
    case = ring.held(ada)

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert re.search(r"3 accounts share device\s+<a [^>]+><span class=\"id\">d-9</span>", html)
    assert len(re.findall(r'name="member" value="\d+\.\d+" form="decision" checked', html)) == 3
    assert f'href="/cases/{own.ref}/"' in html
    assert '<input type="hidden" name="ring" value="1">' in html
    assert "3 of 3 to decide" in html


def test_page_marks_who_is_new(ada, sign_in):
    case = ring.held(ada)
    ring.share("device", "d-9", "a-4")
    ring.found("a-4", ada, at=after(30))

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert html.count('<span class="chip">new ') == 1
    assert "· 1 new" in html


def test_page_shows_hostile_names_dead(ada, sign_in):
    Entity.objects.filter(pk=ring.share("device", "d-9", "a-1", "a-2", "a-3").pk).update(external_id=HOSTILE)
    Entity.objects.filter(external_id="a-2").update(external_id=f"a{HOSTILE}")
    case = claims.claim(case_id=ring.found("a-1", ada).pk, actor=ada, now=NOON)

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert "<script>alert" not in html
    assert 'href="https://evil' not in html


def test_deciding_together_brings_the_next_case(ada, sign_in):
    case, following = ring.held(ada), build.case("z-1")

    answer = post(sign_in(ada), case, then="next", **HTMX)

    assert (answer.status_code, answer["HX-Push-Url"]) == (200, f"/cases/{following.ref}/")
    assert f"{case.ref}, 3 accounts: suspend" in answer.content.decode()
    assert Decision.objects.count() == 4


def test_deciding_one_stays_with_the_ring(ada, sign_in):
    case = ring.held(ada)

    answer = post(sign_in(ada), case, 1, then="next", preset="3", **HTMX)

    html = answer.content.decode()
    assert answer["HX-Push-Url"] == f"/cases/{case.ref}/"
    assert "2 of 3 to decide" in html
    assert f"{case.ref}, 1 account: no violation" in html


def test_double_enter_decides_each_member_once(ada, sign_in):
    case, client = ring.held(ada), sign_in(ada)
    sent = form(case)

    answers = [client.post(f"/cases/{case.ref}/decision/", sent, **HTMX) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200}
    assert (Decision.objects.count(), CaseMember.objects.exclude(decision=None).count()) == (4, 3)


def test_undo_of_a_ring_brings_it_back_whole(ada, sign_in):
    case, client = ring.held(ada), sign_in(ada)
    post(client, case, then="next", **HTMX)
    closing = Decision.objects.get(case=case)

    answer = client.post(f"/decisions/{closing.pk}/reversal/", **HTMX)

    assert answer["HX-Push-Url"] == f"/cases/{case.ref}/"
    assert "3 of 3 to decide" in answer.content.decode()


def test_undo_of_one_member_shows_the_ring(ada, sign_in):
    case, client = ring.held(ada), sign_in(ada)
    post(client, case, 1, **HTMX)

    answer = client.post(f"/decisions/{Decision.objects.get().pk}/reversal/", **HTMX)

    assert answer["HX-Push-Url"] == f"/cases/{case.ref}/"


def test_no_tick_is_refused_in_words_and_keeps_the_ticks_off(ada, sign_in):
    case = ring.held(ada)

    answer = post(sign_in(ada), case, 0, **HTMX)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Tick the accounts that this decides." in html
    assert 'form="decision" checked' not in html


def test_a_ring_decided_like_a_single_case_is_refused(ada, sign_in):
    case = ring.held(ada)
    sent = form(case)
    del sent["ring"]

    answer = sign_in(ada).post(f"/cases/{case.ref}/decision/", sent, **HTMX)

    assert answer.status_code == 409
    assert list(Decision.objects.all()) == []


def test_a_member_in_other_hands_is_told(ada, cleo, sign_in):
    own = ring.flag("a-2")
    case = ring.held(ada)
    sent = form(case)
    claims.claim(case_id=own.pk, actor=cleo, now=NOON)

    answer = sign_in(ada).post(f"/cases/{case.ref}/decision/", sent, **HTMX)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"Cleo is deciding {own.ref} of this ring now." in html
    assert "Cleo is deciding it" in html


def test_preview_of_a_ring_says_what_happens_to_each(ada, sign_in):
    case = ring.held(ada)

    html = sign_in(ada).post(f"/cases/{case.ref}/preview/", form(case), **HTMX).content.decode()

    assert "locks the account" in html


def test_a_ring_works_without_scripts(ada, sign_in):
    case, client = ring.held(ada), sign_in(ada)

    answer = post(client, case, 1, then="next")

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, f"/cases/{case.ref}/")
    assert "reversal" in client.get(answer["Location"]).content.decode()


def test_members_are_told_of_their_ring(ada, sign_in):
    own = ring.flag("a-2")
    case = ring.held(ada)
    client = sign_in(ada)

    for address in (f"/cases/{own.ref}/", f"/e/account/{own.entity.ref}/"):
        html = client.get(address).content.decode()
        assert f'<a href="/cases/{case.ref}/">in ring {case.ref}</a>' in html
        assert f'action="/e/account/{own.entity.ref}/ring/"' in html


def test_ring_is_listed_in_its_queue_and_has_a_page_of_its_own(ada, sign_in):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    case, client = ring.found("a-1", ada), sign_in(ada)

    assert "3 accounts share 1 device" in client.get("/queues/ato/").content.decode()
    assert case.ref in client.get(f"/e/ring/{case.entity.ref}/").content.decode()


def test_page_takes_the_same_statements_with_three_members_and_with_nine(ada, sign_in):
    client, found = sign_in(ada), []
    for number, mark in ((3, "a"), (3, "b"), (9, "c")):
        ring.share("device", f"d-{mark}", *ring.names(number, mark))
        case = claims.claim(case_id=ring.found(f"{mark}-1", ada).pk, actor=ada, now=NOON)
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/cases/{case.ref}/")
        found.append(counted(statements))

    assert len(found[1]) == len(found[2]), "\n".join(found[2])
