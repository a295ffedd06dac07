"""Whatever was written, every page keeps its shape, nothing on it acts, and what was written can be read."""

from __future__ import annotations

import pytest
from django.db import transaction

from cases.models import Case
from cases.services import claims, correlation, notes
from signals.models import Entity
from tests import factories
from tests.cases import build
from tests.hostile import strings
from tests.hostile.reading import Page, alive, folded

pytestmark = pytest.mark.django_db
AT_ONCE = 24
TEXTS = [text for text in strings.ALL if text.split()]
SKELETONS: dict[int, list[list[str]]] = {}  # of pages with as many harmless words, drawn once
COUNT = -(-len(TEXTS) // AT_ONCE)
BATCHES = [TEXTS[start::COUNT] for start in range(COUNT)]  # a few of every group in each
IN_CHECK = 3


def stored(text):
    """Return a text as intake keeps it: without the two characters that a database cannot hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def identifier(text, number):
    """Return a text as an id: at most 200 characters and nothing white, which is what intake lets through."""
    kept = "".join(one for one in stored(text) if one.isprintable() and not one.isspace())
    return f"{kept[:190]}-{number}"


def scene(texts, actor):
    """Make a listing case of one seller whose titles, messages, name, device, reports and findings are these texts."""
    start = build.login("seller", factories.after(-60))
    for number, text in enumerate(texts):
        text, at = stored(text), factories.after(-number)
        named = identifier(text, number)
        for kind in ("account", "device"):  # as intake does: with a reference of its own
            Entity.objects.create(
                kind=kind, external_id=named, ref=f"en_{kind}_{number}", first_seen_at=at, last_seen_at=at
            )
        listed = factories.event(
            "listing.created", at, listing=f"l-{number}", seller="seller", title=text, description=f"{text} ",
            category="other", context={"device": named},
        )  # fmt: skip
        said = factories.event("message.sent", at, message=f"m-{number}", sender="seller", recipient=named, text=text)
        factories.event("account.created", at, account=named, name=text)
        factories.event("report.created", at, reporter=named, reason="other", text=text)
        build.signal(
            factories.entity("account", "seller"), "account_takeover", events=(start, listed, said), sentence=text,
            score=0.9 - number / 1000,
        )  # fmt: skip
    correlation.correlate_pending(limit=500, now=factories.NOON)
    case = claims.claim(case_id=Case.objects.get().pk, actor=actor, now=factories.NOON)
    for text in texts:
        kept = stored(text).replace("\ufffd", "?").replace("@", "at")[:4900]  # no colleague is called
        notes.add(case_id=case.pk, actor=actor, text=f"note {kept}", now=factories.NOON)
    return case


def harmless(texts):
    """Return as many plain words, all different."""
    return [f"word {number}" for number, _ in enumerate(texts)]


def pages(client, case):
    """Return every page on which texts of strangers stand, by address."""
    subject = f"/e/account/{case.entity.ref}/"
    paths = (f"/cases/{case.ref}/", "/queues/ato/", "/", subject, f"{subject}activity/", f"{subject}links/", "/audit/")
    return {path: client.get(path) for path in paths}


def fragments(client, case):
    """Return the fragments that htmx puts into a page."""
    return {
        "rest": client.get(f"/cases/{case.ref}/rest/", HTTP_HX_REQUEST="true"),
        "heartbeat": client.post(f"/cases/{case.ref}/heartbeat/", {"fence": case.fence}, HTTP_HX_REQUEST="true"),
    }


def drawn(texts, person, sign_in):
    """Return the pages of a scene, read, in the order they were asked for; the scene is taken away again."""
    before = transaction.savepoint()
    case = scene(texts, person)
    client = sign_in(person)
    answers = [*pages(client, case).values(), *fragments(client, case).values()]
    transaction.savepoint_rollback(before)
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return [Page(answer.content.decode()) for answer in answers]


def skeletons(pages):
    """Return the shape of each page."""
    return [page.skeleton for page in pages]


@pytest.fixture
def overseer(cleo):
    """A person who may open every page."""
    from django.contrib.auth.models import Group

    cleo.groups.add(Group.objects.get(name="auditor"))
    return cleo


@pytest.mark.parametrize(
    "number", [pytest.param(at, marks=[] if at < IN_CHECK else pytest.mark.slow) for at in range(COUNT)]
)
def test_no_text_changes_a_page_or_acts_in_it_and_each_can_be_read(number, overseer, sign_in):
    texts = BATCHES[number]

    found = drawn(texts, overseer, sign_in)
    plain = SKELETONS.get(len(texts)) or skeletons(drawn(harmless(texts), overseer, sign_in))
    SKELETONS[len(texts)] = plain

    assert [problem for page in found for problem in page.problems + alive(page)] == []
    assert skeletons(found) == plain
    said = {folded(text) for page in found for text in page.texts}
    assert [text for text in texts if not any(folded(stored(text)) in one for one in said)] == []
