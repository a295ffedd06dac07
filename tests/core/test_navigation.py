import re

import pytest

from tests.cases import build
from tscore.core import navigation


def marked(html):
    """Return the entries of the rail that are marked, with how."""
    return [
        (word, how) for how, word in re.findall(r'<a href="[^"]*" aria-current="(\w+)".*?<span>([^<]+)', rail(html))
    ]


def rail(html):
    return re.search(r'<nav class="rail".*?</nav>', html, re.DOTALL)[0]


def test_rail_shows_the_places_a_person_may_open_and_where_they_are(ada, sign_in):
    page = sign_in(ada).get("/me/display/")

    shown = {place["label"]: place for place in page.context["nav"]}

    assert "Audit" not in shown
    assert shown["Display"]["current"] == "page"
    assert shown["Home"]["url"] == "/"
    assert [label for label, place in shown.items() if place["current"]] == ["Display"]


def test_rail_of_an_auditor_has_the_audit_trail(auditor, sign_in):
    page = sign_in(auditor).get("/me/display/")

    assert "Audit" in [place["label"] for place in page.context["nav"]]


def test_frame_of_a_page_has_a_nonce_for_its_scripts(ada, sign_in):
    page = sign_in(ada).get("/me/display/")

    assert f"'nonce-{page.context['csp_nonce']}'" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ("Home", "page")),
        ("/queues/", ("Queues", "page")),
        ("/queues/ato/", ("Queues", "true")),
        ("/queues/ato/?mine=1", ("Queues", "true")),
        ("/cases/{case}/", ("Queues", "true")),
        ("/e/account/{entity}/links/", ("Search", "true")),
        ("/search/", ("Search", "page")),
        ("/me/decisions/", ("My decisions", "page")),
        ("/me/display/", ("Display", "page")),
        ("/me/wellbeing/", ("Display", "true")),
        ("/actions/?state=failed", ("Actions", "page")),
    ],
)
def test_rail_marks_the_page_or_else_its_section(address, expected, ada, sign_in):
    case = build.case()

    answer = sign_in(ada).get(address.format(case=case.ref, entity=case.entity.ref))

    assert (answer.status_code, marked(answer.text)) == (200, [expected])


def test_rail_marks_the_section_of_a_form_sent_back(ada, sign_in):
    case = build.held_case(ada)

    answer = sign_in(ada).post(f"/cases/{case.ref}/decision/", {"queue": "ato", "form_key": "k", "preset": "9"})

    assert (answer.status_code, marked(answer.text)) == (422, [("Queues", "true")])


def test_rail_marks_nothing_for_a_page_of_no_place(rf, ada):
    marked_at = {}
    for path in ("/dead-letters/dl_7/", "/queueses/", "/elsewhere/"):
        request = rf.get(path)
        request.user = ada
        marked_at[path] = [place["label"] for place in navigation.visible(request) if place["current"]]

    assert marked_at == {"/dead-letters/dl_7/": [], "/queueses/": [], "/elsewhere/": []}


def test_my_decisions_are_in_the_rail_of_those_who_decide(ada, cleo, analyst, auditor, sign_in):
    found = {
        person.name: "My decisions" in rail(sign_in(person).get("/me/display/").text)
        for person in (ada, cleo, analyst, auditor)
    }

    assert found == {"Ada": True, "Cleo": True, "Analyst": False, "Auditor": False}


@pytest.mark.parametrize(
    ("who", "expected"), [("ada", True), ("cleo", True), ("analyst", True), ("auditor", False), ("mallory", False)]
)
def test_look_up_is_shown_exactly_to_those_who_may_use_it(who, expected, sign_in, request):
    client = sign_in(request.getfixturevalue(who))

    shown = 'id="jump"' in client.get("/me/display/").text
    usable = client.post("/search/", {"q": "a-1"}).status_code == 200

    assert (shown, usable) == (expected, expected)


def test_bulk_jobs_and_times_stand_under_the_queues_of_a_lead(ada, cleo, sign_in):
    below = [
        [place["label"] for place in sign_in(one).get("/me/display/").context["nav"] if place["nested"]]
        for one in (ada, cleo)
    ]

    assert below == [[], ["Bulk jobs", "Times"]]


@pytest.mark.parametrize("address", ["/me/display/", "/me/shortcuts/", "/me/wellbeing/", "/me/times/"])
def test_pages_about_oneself_are_tabs_of_each_other_and_in_the_menu(address, ada, sign_in):
    answer = sign_in(ada).get(address)

    menu = re.search(r'<div class="sheet">.*?</div>', answer.text, re.DOTALL)[0]
    tabs = re.search(r'<nav class="views" aria-label="You">.*?</nav>', answer.text, re.DOTALL)[0]
    places = ["/me/display/", "/me/shortcuts/", "/me/wellbeing/", "/me/times/"]
    assert (
        re.findall(r'<a class="button quiet wide" href="([^"]+)"', menu)
        == re.findall(r'href="([^"]+)"', tabs)
        == places
    )
    assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [address]
