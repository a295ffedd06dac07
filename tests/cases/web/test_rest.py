"""Parts that may come later: one whose source fails says so, and a subject that is no more is told."""

import re

import pytest
from django.db import OperationalError

from cases.queries import mutes, past, ring_page, similar, who
from cases.web import panels
from cases.web import rest as parts
from signals.models import Entity, PersonalText, PersonalValue
from tests import factories
from tests.cases import build
from tscore.core import crypto

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ((panels, "later"), "cannot be read at the moment"),
        ((who, "who"), "The card of the subject cannot be read"),
        ((who, "who"), "Links cannot be read"),
        ((similar, "similar_to"), "Similar cases cannot be read"),
        ((parts, "notes_of"), "Notes cannot be read"),
        ((mutes, "muted_in"), "Muted findings cannot be read"),
        ((ring_page, "rings_about"), None),
        ((past, "past_decisions"), "Earlier decisions cannot be read"),
    ],
)
def test_a_part_that_cannot_be_read_says_so_and_the_case_can_still_be_decided(source, said, monkeypatch, ada, sign_in):
    def fails(*args, **kwargs):
        raise OperationalError("gone away")

    case, client = build.held_case(ada), sign_in(ada)
    monkeypatch.setattr(*source, fails)

    page = client.get(f"/cases/{case.ref}/")
    fragment = client.get(f"/cases/{case.ref}/rest/", HTTP_HX_REQUEST="true")

    assert (page.status_code, fragment.status_code) == (200, 200)
    for html in (page.content.decode(), fragment.content.decode()):
        assert said is None or said in html
    assert 'id="decision"' in page.content.decode()


def test_the_evidence_of_a_closed_account_is_shown_as_it_was(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    assert "as it was recorded" not in client.get(f"/cases/{case.ref}/").content.decode()
    Entity.objects.filter(pk=case.entity_id).update(state="closed")

    page = client.get(f"/cases/{case.ref}/").content.decode()

    assert "The marketplace says: closed. What happened is shown as it was recorded." in page
    assert re.search(r'<th scope="row">Signed in.*?flagged', page, re.DOTALL)


def test_a_subject_whose_value_was_erased_is_told(ada, sign_in):
    address = factories.entity("ip", crypto.token("ip", "192.0.2.1"))
    event = factories.event("login.failed", factories.NOON, context={"ip": address.external_id})
    build.signal(address, events=(event,))
    build.correlation.correlate_pending(limit=9, now=factories.NOON)
    case = build.claims.claim(case_id=build.Case.objects.get().pk, actor=ada, now=factories.NOON)
    assert not PersonalValue.objects.filter(entity=address).exists()

    page = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert "was erased or is not known" in page
    assert "Sign-in failed" in page


def test_a_text_of_two_hundred_kilobytes_stays_bounded(ada, sign_in):
    message = factories.event(
        "message.sent", factories.NOON, message="m-1", sender="a-1", recipient="a-2", text="<svg onload=x> " * 20
    )
    PersonalText.objects.filter(event=message).update(text="\u202e<svg onload=x> http://evil.example " * 5500)
    build.signal(factories.entity("account", "a-1"), events=(message,))
    build.correlation.correlate_pending(limit=9, now=factories.NOON)
    case = build.Case.objects.get()

    page = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert "Show all" in page
    assert "<svg onload" not in page
    assert len(page) < 600_000


def test_each_field_of_the_evidence_is_shown_when_asked_for(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    [event] = [proof for signal in case.signals.all() for proof in signal.events.all()]
    address, words = f"/cases/{case.ref}/raw/", f'<span class="id">{event.kind}</span>'

    asked = client.get(address, HTTP_HX_REQUEST="true").content.decode()

    assert (words in asked, "<html" in asked) == (True, False)
    assert [words in client.get(at).content.decode() for at in (f"/cases/{case.ref}/", address)] == [False, True]
