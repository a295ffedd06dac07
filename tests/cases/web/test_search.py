"""The search page."""

import re

import pytest

from tests import factories
from tests.cases import build
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HOSTILE = 'bike <svg onload=alert(1)> <a hx-get="/x">javascript:alert(1)</a> https://evil.example/bike \u202eekib'


def listing(name: str, title: str):
    return factories.event("listing.created", NOON, listing=name, seller="a-1", title=title, description="x")


def post(client, text, **more):
    return client.post("/search/", {"q": text, **more})


def test_words_are_marked_in_what_was_written(ada, sign_in):
    listing("l-1", "A red mountain bike")

    html = post(sign_in(ada), "bike red").content.decode()

    assert "A <mark>red</mark> mountain <mark>bike</mark>" in html
    assert re.findall(r'<a href="(/e/listing/[^"]+)" data-open', html) == [
        f"/e/listing/{factories.entity('listing', 'l-1').ref}/"
    ]


def test_hostile_text_stays_text(ada, sign_in):
    listing("l-1", HOSTILE)

    html = post(sign_in(ada), "bike alert javascript evil.example").content.decode()
    main = html.partition('id="main"')[2].partition("</main>")[0].partition("</form>")[2]

    assert "<mark>bike</mark>" in main
    assert re.findall(r"<svg [^>]*onload|<a [^>]*hx-|://|\u202e", main) == []


def test_an_exact_name_stands_by_itself_and_texts_are_one_press_away(ada, sign_in):
    build.case("bike")
    listing("l-1", "red bike")
    client = sign_in(ada)

    exact, wide = (post(client, "bike", **more).content.decode() for more in ({}, {"wide": "1"}))

    assert ("Exactly this" in exact, "<mark>" in exact) == (True, False)
    assert ("Exactly this" in wide, "<mark>" in wide) == (True, True)


@pytest.mark.parametrize(("path", "status"), [("/queues/ato/", 303), ("/nowhere/at/all/", 200)])
def test_a_pasted_page_of_the_console_is_opened(path, status, ada, sign_in):
    answer = post(sign_in(ada), f"http://testserver{path}")

    assert (answer.status_code, answer.headers.get("Location")) == (status, path if status == 303 else None)


def test_a_page_of_another_host_is_not_opened(ada, sign_in):
    assert post(sign_in(ada), "http://evil.example/queues/ato/").status_code == 200


def test_who_may_not_see_people_finds_no_search(mallory, sign_in):
    assert post(sign_in(mallory), "bike").status_code == 404


@pytest.mark.parametrize(
    "text", ["'\\''", "\x00", ":::", '"', "-", "-x", "account:", "kind:", "%", "(" * 400, "٪٪٪", "a:b:c"]
)
def test_every_text_gets_an_answer(text, ada, sign_in):
    assert post(sign_in(ada), text).status_code == 200
