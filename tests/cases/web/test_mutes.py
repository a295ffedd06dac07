"""Leads and analysts mute detectors, from a case or by hand; what was muted is seen and counted nowhere."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case
from cases.services import correlation
from signals.models import Detector, Mute, Signal
from signals.services import mutes
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after
from tscore.core import ids

pytestmark = pytest.mark.django_db
NAME = "test.account_takeover"
ATTACK = "<script>alert(1)</script> https://evil.example/x"


def form(client, **fields):
    """Return a filled-in form."""
    key = client.get("/mutes/new/").context["form_key"]
    return {
        "form_key": key,
        "detector": Detector.objects.get(name=NAME).pk,
        "entity": "a-1",
        "hours": "24",
        "reason": "A known tester",
    } | fields


def muted(actor, account="a-1", *, reason="Noise", sentence="Odd.", at=None) -> Signal:
    """Mute the detector for an account and store one finding that it makes meanwhile."""
    entity, at = factories.entity("account", account), at or timezone.now()
    detector, _ = Detector.objects.get_or_create(
        name=NAME, defaults={"version": "1", "abuse_type_id": "account_takeover", "title": NAME}
    )
    made = mutes.mute(
        detector_id=detector.pk, entity_id=entity.pk, reason=reason, length=timedelta(days=1), actor=actor, now=at
    )
    return build.signal(entity, sentence=sentence, mode="muted", muted_by=made)


def test_a_detector_is_muted_from_a_case(cleo, sign_in):
    case, client = build.held_case(cleo), sign_in(cleo)
    signal = Signal.objects.get()
    page = client.get(f"/cases/{case.ref}/")
    word = page.context["signals"][0].ref
    editor = client.get(f"/mutes/new/?signal={word}&case={case.ref}")

    answer = client.post(
        "/mutes/",
        form(client, case=case.ref, entity=editor.context["form"].initial["entity"]),
    )

    assert f'/mutes/new/?signal={word}&amp;case={case.ref}"' in page.content.decode()
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    made = Mute.objects.get()
    assert (made.detector, made.entity, made.reason, made.actor) == (
        signal.detector,
        signal.entity,
        "A known tester",
        cleo,
    )
    assert made.expires_at - made.created_at == timedelta(days=1)


def test_a_detector_that_found_thrice_is_offered_once_by_its_strongest_finding(cleo, sign_in):
    case = build.held_case(cleo)
    strong = build.signal(case.entity, score=0.99, at=after(1))
    build.signal(case.entity, score=0.5, at=after(1))
    correlation.correlate_pending(limit=10, now=after(2))

    page = sign_in(cleo).get(f"/cases/{case.ref}/").content.decode()

    assert case.case_signals.count() == 3
    assert re.findall(r"/mutes/new/\?signal=(\w+)&", page) == [ids.row_ref("sg", strong.pk)]


def test_reviewers_are_not_shown_the_way_and_do_not_find_it(ada, mallory, cleo, sign_in):
    case = build.held_case(ada)
    made = muted(cleo).muted_by

    assert "/mutes/" not in sign_in(ada).get(f"/cases/{case.ref}/").content.decode()
    for person in (ada, mallory):
        client = sign_in(person)
        answers = [client.get("/mutes/"), client.get("/mutes/new/"), client.post("/mutes/")]
        answers.append(client.post(f"/mutes/{made.pk}/lifting/"))
        assert [answer.status_code for answer in answers] == [404] * 4


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reason": " "}, 422),
        ({"hours": ""}, 422),
        ({"hours": "999999"}, 422),
        ({"detector": ""}, 422),
        ({"entity": "nobody"}, 422),
        ({"entity": ""}, 303),
    ],
)
def test_a_mute_has_a_reason_and_an_end(analyst, sign_in, fields, status):
    build.case()
    client = sign_in(analyst)

    answer = client.post("/mutes/", form(client, **fields))

    assert (answer.status_code, Mute.objects.count()) == (status, int(status == 303))


def test_one_press_mutes_once_and_the_same_is_not_muted_twice(analyst, cleo, sign_in):
    build.case()
    client = sign_in(analyst)
    fields = form(client)

    answers = [client.post("/mutes/", fields).status_code for _ in range(2)]
    other = sign_in(cleo)
    refused = other.post("/mutes/", form(other))

    assert (answers, refused.status_code, Mute.objects.count()) == ([303, 303], 409, 1)
    assert "Analyst muted this already" in refused.content.decode()


def test_a_mute_is_lifted_from_the_list(analyst, cleo, sign_in):
    made = muted(cleo).muted_by
    client = sign_in(analyst)
    shown = client.get("/mutes/")

    answer = client.post(f"/mutes/{made.pk}/lifting/", {"form_key": shown.context["form_key"]})

    made.refresh_from_db()
    over = client.get("/mutes/?state=over")
    assert (answer.status_code, made.lifted_by) == (303, analyst)
    assert [(row.muted, row.is_standing) for row in shown.context["found"].rows] == [(1, True)]
    assert [(row.muted, row.lifted_by) for row in over.context["found"].rows] == [(1, "Analyst")]
    assert client.get("/mutes/").context["found"].rows == []


def test_what_was_muted_is_struck_on_the_pages_of_case_and_entity(cleo, sign_in):
    case = build.held_case(cleo)
    before = Case.objects.values().get()
    signal = muted(cleo, sentence="Odd, but muted")
    client = sign_in(cleo)

    pages = [
        client.get(f"/cases/{case.ref}/").content.decode(),
        client.get(f"/e/account/{signal.entity.ref}/").content.decode(),
    ]

    for html in pages:
        assert '<tr class="struck"><th scope="row">test.account_takeover' in html
        assert "Odd, but muted" in html
    assert Case.objects.values().get() == before


def test_pages_show_attacks_as_text(cleo, sign_in):
    case = build.held_case(cleo)
    muted(cleo, reason=ATTACK, sentence=ATTACK)
    client = sign_in(cleo)

    for address in ("/mutes/", f"/cases/{case.ref}/"):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "https://evil" not in html


def test_pages_take_as_many_statements_for_three_as_for_one(cleo, sign_in):
    client, found = sign_in(cleo), {"list": [], "case": []}
    case = build.held_case(cleo)
    for accounts in (["a-1"], ["a-2", "a-3"]):
        for account in accounts:
            made = muted(cleo, account).muted_by
            build.signal(factories.entity("account", "a-1"), mode="muted", muted_by=made, at=after(1))
        for name, address in (("list", "/mutes/"), ("case", f"/cases/{case.ref}/")):
            client.get(address)
            with CaptureQueriesContext(connection) as statements:
                client.get(address)
            found[name].append(counted(statements))

    assert [len(counts[0]) - len(counts[1]) for counts in found.values()] == [0, 0]
