"""Whatever was written, every page keeps its shape, nothing on it acts, and what was written can be read."""

from __future__ import annotations

import pytest
from django.db import transaction

from cases.models import Case
from cases.services import claims, correlation, notes
from signals.models import Entity
from tests import factories
from tests.cases import build
from tests.hostile import further, strings
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
    """Make a case of one seller whose titles, messages, name, device, reports and findings are these texts."""
    start, entered = build.login("seller", factories.after(-60)), build.login("learner")
    seller, learner = factories.entity("account", "seller"), factories.entity("account", "learner")
    for number, text in enumerate(texts):
        text, at = stored(text), factories.after(-number)
        named = identifier(text, number)
        Entity.objects.bulk_create(  # as intake does: with references of their own
            Entity(kind=kind, external_id=named, ref=f"en_{kind}_{number}", first_seen_at=at, last_seen_at=at)
            for kind in ("account", "device")
        )
        listed = factories.event(
            "listing.created", at, listing=f"l-{number}", seller="seller", title=text, description=f"{text} ",
            category="other", context={"device": named},
        )  # fmt: skip
        said = factories.event("message.sent", at, message=f"m-{number}", sender="seller", recipient=named, text=text)
        factories.event("account.created", at, account=named, name=text)
        factories.event("report.created", at, reporter=named, reason="other", text=text)
        build.signal(
            seller, "account_takeover", events=(start, listed, said), sentence=text, score=0.9 - number / 1000,
        )  # fmt: skip
        build.signal(learner, "account_takeover", events=(entered,), sentence=text)
    correlation.correlate_pending(limit=500, now=factories.NOON)
    case = claims.claim(case_id=Case.objects.get(entity__external_id="seller").pk, actor=actor, now=factories.NOON)
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


def drawn(texts, colleague, person, sign_in):
    """Return the pages of a scene by address, read, and the answers to its texts; the scene is taken away again."""
    before = transaction.savepoint()
    case = scene(texts, person)
    further.brought([stored(text) for text in texts], colleague, person)
    client = sign_in(person)
    answers = pages(client, case) | fragments(client, case) | further.further(client, case)
    found = further.asked(client, [stored(text) for text in texts])
    paper = further.paper(client, case)
    transaction.savepoint_rollback(before)
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert (paper["Content-Type"], paper.content[:5], {answer.status_code for answer in found}) == (
        "application/pdf", b"%PDF-", {200},
    )  # fmt: skip
    return {path: read(answer) for path, answer in answers.items()}, [read(answer) for answer in found]


def read(answer):
    """Return a page, read."""
    return Page(answer.content.decode())


@pytest.fixture
def overseer(cleo):
    """A person who may open every page."""
    from django.contrib.auth.models import Group

    cleo.groups.add(*Group.objects.filter(name__in=("auditor", "admin")))
    return cleo


@pytest.mark.parametrize(
    "number", [pytest.param(at, marks=[] if at < IN_CHECK else pytest.mark.slow) for at in range(COUNT)]
)
def test_no_text_changes_a_page_or_acts_in_it_and_each_can_be_read(number, ada, overseer, sign_in):
    texts = BATCHES[number]

    found, answers = drawn(texts, ada, overseer, sign_in)
    if len(texts) not in SKELETONS:
        plain, _ = drawn(harmless(texts), ada, overseer, sign_in)
        SKELETONS[len(texts)] = [page.skeleton for page in plain.values()]

    faults = {path: page.problems + alive(page) for path, page in found.items()}
    assert {path: list_of[:3] for path, list_of in faults.items() if list_of} == {}
    assert {fault for page in answers for fault in page.problems + alive(page)} == set()
    shapes = zip(found, [page.skeleton for page in found.values()], SKELETONS[len(texts)], strict=True)
    assert [(path, different(one, other)) for path, one, other in shapes if one != other] == []
    said = {folded(text) for page in found.values() for text in page.texts}
    assert [text for text in texts if not any(folded(stored(text)) in one for one in said)] == []


def different(one, other):
    """Return where two shapes part."""
    at = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )
    return at, one[at - 3 : at + 3], other[at - 3 : at + 3]
