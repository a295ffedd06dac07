"""What the search box understands and finds beyond exact names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.queries import search, search_found
from cases.queries.search_asked import looks_like, read
from cases.services import correlation
from tests import factories
from tests.cases import build
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def listing(name: str, title: str, seller: str = "a-1"):
    return factories.event("listing.created", NOON, listing=name, seller=seller, title=title, description="x")


def groups(results) -> dict[str, list[str]]:
    return {group.kind: [hit.name.text for hit in group.hits] for group in results.groups}


def test_a_question_is_read_into_words_and_fields():
    asked = read('red "mountain bike" -broken kind:listing in:title account:a-1 https://x.example/1')

    assert (asked.words, asked.phrases, asked.without) == (
        ["red", "https://x.example/1"],
        ["mountain bike"],
        ["broken"],
    )
    assert asked.fields == {"kind": ["listing"], "in": ["title"], "account": ["a-1"]}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("quee:ato", "There is no field quee: Did you mean queue? It was left out."),
        ("xyzzy:1", "There is no field xyzzy: It was left out."),
        ("severity:hihg", "severity: takes info, low, medium, high, critical. Did you mean high?"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_runs(text, note, ada):
    listing("l-1", "red bike")

    results = search_found.search(user=ada, text=f"red {text}")

    assert (results.notes, groups(results)) == ([note], {"listing": ["l-1"]})


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("185.0.2.14", "an IP address"),
        ("2001:db8::1", "an IP address"),
        ("maria@mail.example", "an e-mail address"),
        ("4111 1111 1111 1111", "a card number"),
        ("https://shop.example/l/1", "a web address"),
        ("evil-shop.com", "a domain"),
        ("+351 912 345 678", "a telephone number"),
        ("red bike", ""),
    ],
)
def test_a_text_says_what_it_looks_like(text, shape):
    assert looks_like(text) == shape


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://shop.example/de/listing/l-1?ref=mail", ["l-1"]),
        ("https://shop.example/item?id=l-1", ["l-1"]),
        ("https://www.evil.example/login", ["evil.example"]),
        ("https://nobody.example/", []),
        ("https://[broken/", []),
    ],
)
def test_a_web_address_leads_to_its_listing_or_domain(address, found, ada):
    listing("l-1", "bike"), factories.entity("domain", "evil.example")

    assert [name.text for name in search.look_up(user=ada, text=address).entities] == found


def test_cases_are_found_by_what_they_are_about_in_visible_queues_only(ada, ben):
    listing("l-1", "red bike")
    build.signal(factories.entity("listing", "l-1"))
    correlation.correlate_pending(limit=10, now=NOON)

    mine, other = (search_found.search(user=person, text="red bike") for person in (ada, ben))

    assert [(case.abuse_name, case.subject.text) for case in mine.cases] == [("Account takeover", "l-1")]
    assert (other.cases, groups(other)) == ([], {"listing": ["l-1"]})


def test_case_fields_list_cases(ada, ben):
    one, other = build.case("a-1", severity="high"), build.case("a-2", severity="low")
    closed = build.held_case(ada, "a-3", severity="high")
    build.decision(closed)

    def refs(text, person=ada):
        return sorted(case.ref for case in search_found.search(user=person, text=text).cases)

    assert refs("queue:ato severity:high") == [one.ref]
    assert refs("kind:case") == sorted([one.ref, other.ref])
    assert refs("state:closed") == [closed.ref]
    assert refs("account:a-2") == [other.ref]
    assert refs("account:a-2 severity:high") == []
    assert refs("queue:ato", ben) == []
    assert search_found.search(user=ben, text="queue:ato").notes == ["You can open no queue ato."]


def test_an_unknown_entity_in_a_field_is_said(ada):
    results = search_found.search(user=ada, text="account:nobody bike")

    assert (results.notes, results.groups) == (["Nothing has been received with this account."], [])


def test_a_typo_is_forgiven_only_where_nothing_matches(ada):
    listing("l-1", "red bike"), listing("l-2", "red bikes")
    factories.entity("account", "marie_sells")

    assert groups(search_found.search(user=ada, text="red bike")) == {"listing": ["l-1", "l-2"]}
    words, name = (search_found.search(user=ada, text=text) for text in ("red bkie", "marie_sels"))
    assert (groups(words), words.nearly) == (
        {"listing": ["l-1"]},
        "No text has these words. Those here are one letter off.",
    )
    assert (groups(name), bool(name.nearly)) == ({"account": ["marie_sells"]}, True)


def test_search_takes_the_same_statements_at_one_row_and_at_three(ada):
    search_found.search(user=ada, text="warm up")
    counts = []
    for word, number in (("alpha", 1), ("omega", 3)):
        for turn in range(number):
            listing(f"l-{word}-{turn}", f"{word} bike")
            build.signal(factories.entity("listing", f"l-{word}-{turn}"))
        correlation.correlate_pending(limit=10, now=NOON)
        with CaptureQueriesContext(connection) as statements:
            results = search_found.search(user=ada, text=word)
        assert (len(results.cases), len(results.groups[0].hits)) == (number, number)
        counts.append(len(statements))

    assert counts[0] - counts[1] in (0, 1)  # what a process keeps is read once
    assert counts[1] <= 6
