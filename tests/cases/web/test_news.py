"""What joins a case while somebody looks at it: told with its number, marked where it stands."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Draft
from cases.services import correlation, notes
from signals.models import Signal
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after

pytestmark = pytest.mark.django_db
SAMPLE = re.compile(r'"fence": (\d+), "version": (\d+), "seen": (\d+)')


def add(sentence: str, score: float = 0.5, account: str = "a-1") -> Signal:
    made = build.signal(factories.entity("account", account), score=score, sentence=sentence, at=after(1))
    correlation.correlate_pending(limit=10, now=after(1))
    return made


def opened(client, case) -> dict[str, str]:
    """Open the case and return what its heartbeat sends along."""
    found = SAMPLE.search(client.get(f"/cases/{case.ref}/").content.decode())
    return dict(zip(("fence", "version", "seen"), found.groups(), strict=True))


def beat(client, case, terms) -> str:
    return client.post(f"/cases/{case.ref}/heartbeat/", terms, headers={"HX-Request": "true"}).content.decode()


def test_news_are_counted_since_the_page_was_opened(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    terms = opened(client, case)
    quiet = beat(client, case, terms)
    add("Another thing.", 0.95)
    add("One thing more.")

    html = beat(client, case, terms)

    assert "new since" not in quiet
    assert "2 new since you opened" in html
    assert f'href="/cases/{case.ref}/?seen={terms["seen"]}"' in html
    assert Case.objects.get().probability == 0.95
    assert f'"seen": {terms["seen"]}' in html


def test_what_was_withdrawn_again_is_no_news(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    terms = opened(client, case)
    made = add("Another thing.")
    Signal.objects.filter(pk=made.pk).update(retracted_at=after(2), routed_at=None)
    correlation.correlate_pending(limit=10, now=after(2))

    assert "Something changed since you opened this case." in beat(client, case, terms)


def test_news_are_marked_where_they_stand(ada, sign_in):
    case, client = build.held_case(ada, sentence="Old."), sign_in(ada)
    seen = opened(client, case)["seen"]
    add("Fresh.")

    answer = client.get(f"/cases/{case.ref}/?seen={seen}")

    html = answer.content.decode()
    lines = [*answer.context["reasons"], *answer.context["more_reasons"]]
    assert "1 new since you opened, marked below." in html
    assert [(line.reason.sentence, line.is_new) for line in lines] == [("Fresh.", True), ("Old.", False)]
    assert html.count('<span class="chip">new</span>') == 1
    assert answer.context["seen"] > int(seen)
    assert "new since" not in client.get(f"/cases/{case.ref}/?seen={answer.context['seen']}").content.decode()


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30, "٣"])
def test_a_place_that_is_none_marks_nothing(ada, sign_in, seen):
    case = build.held_case(ada)

    answer = sign_in(ada).get(f"/cases/{case.ref}/", {"seen": seen})

    assert (answer.status_code, answer.context["new_count"]) == (200, 0)


def decide(client, case, page):
    """Send the decision form as the page drew it, whatever happened since."""
    form = {
        "form_key": page.context["form_key"],
        "queue": "ato",
        "version": page.context["head"].version,
        "fence": page.context["head"].fence,
        "seen": page.context["seen"],
        "noted": page.context["noted"],
        "preset": "1",
        "shown": page.context["shown"],
        "then": "next",
    }
    return client.post(f"/cases/{case.ref}/decision/", form)


def test_decision_on_an_older_version_says_what_is_new(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    page = client.get(f"/cases/{case.ref}/")
    add("Fresh.")

    answer = decide(client, case, page)

    assert answer.status_code == 409
    assert "1 new finding since you opened it, marked below." in answer.content.decode()
    assert "wrote a" not in answer.content.decode()
    assert Case.objects.get().state == "reviewing"


def test_decision_on_an_older_version_says_who_wrote_notes_meanwhile(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    notes.add(case_id=case.pk, actor=cleo, text="Before.", now=after(1))
    page = client.get(f"/cases/{case.ref}/")
    add("Fresh.")
    for actor in (ada, cleo, cleo):
        notes.add(case_id=case.pk, actor=actor, text="Meanwhile.", now=after(2))

    refused = decide(client, case, page)

    assert refused.status_code == 409
    assert 'Meanwhile Cleo wrote a <a href="#notes">note</a>.' in refused.content.decode()
    assert refused.context["noted"] > page.context["noted"]
    assert Draft.objects.get().actor == ada


def test_a_finding_after_closing_opens_a_case_that_says_which_it_follows(ada, sign_in):
    case = build.held_case(ada)
    build.decision(case)
    add("Again.")
    later = Case.objects.latest("pk")

    html = sign_in(ada).get(f"/cases/{later.ref}/").content.decode()

    assert (later.follows, later.state) == (case, "queued")
    assert f'<a href="/cases/{case.ref}/">follows {case.ref}</a>' in html
    assert f'<a href="/cases/{later.ref}/">{later.ref}</a>' in sign_in(ada).get(f"/cases/{case.ref}/").content.decode()


def test_news_take_as_many_statements_for_three_as_for_one(ada, sign_in):
    client, found = sign_in(ada), []
    for number in (1, 3):
        case = build.held_case(ada, f"many-{number}")
        terms = opened(client, case)
        for place in range(number):
            add(f"Thing {place}.", account=f"many-{number}")
        with CaptureQueriesContext(connection) as statements:
            beat(client, case, terms)
        found.append(counted(statements))

    assert len(found[0]) == len(found[1])
