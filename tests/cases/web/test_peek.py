"""Acting on one line of a list: a look, taking, giving back, deciding what harms nobody; newer cases; columns."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Decision, Preset
from cases.services import claims, view_edits
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def act(client, what, key="k", **more):
    return client.post("/rows/", {"form_key": key, "act": what, "back": "/queues/ato/?f=is:late"}, **more)


def test_a_peek_shows_the_reasons_and_only_what_harms_nobody(ada, sign_in):
    case = build.case(sentence="Something <b>odd</b>.")

    text = sign_in(ada).get(f"/cases/{case.ref}/peek/", headers=HTMX).content.decode()

    assert "Something &lt;b&gt;odd&lt;/b&gt;." in text
    assert re.findall(r'value="(preset[^"]+)">([^<]+)<', text) == [
        (f"preset.{case.ref}.{case.version}.3", "Owner confirmed")
    ]
    assert "<html" not in text


def test_a_peek_without_scripts_is_a_page_that_leads_back(ada, sign_in):
    case = build.case()

    text = sign_in(ada).get(f"/cases/{case.ref}/peek/?back=https://evil.test/").content.decode()

    assert '<a href="/queues/ato/">Back to the list</a>' in text


def test_a_drawn_case_is_not_given_away_by_a_peek(ada, sign_in):
    case = build.case(sentence="Telling.")
    Case.objects.update(is_blind=True, headline="")

    text = sign_in(ada).get(f"/cases/{case.ref}/peek/", headers=HTMX).content.decode()

    assert ("Telling" in text, "preset." in text, "Drawn at random" in text) == (False, False, True)


def test_others_may_not_peek(ben, sign_in, queue_a):
    assert sign_in(ben).get(f"/cases/{build.case().ref}/peek/").status_code == 404


def test_taken_and_given_back_the_line_says_so(ada, sign_in):
    case, client = build.case(), sign_in(ada)

    taken = act(client, f"claim.{case.ref}", headers=HTMX)
    back = act(client, f"release.{case.ref}", "l", headers=HTMX)
    again = act(client, f"claim.{case.ref}", "m", headers=HTMX)

    assert [taken["HX-Retarget"], taken["HX-Reswap"]] == [f'tr:has([href="/cases/{case.ref}/"])', "outerHTML"]
    assert ["In review Ada" in answer.content.decode() for answer in (taken, back, again)] == [True, False, True]
    assert build.verbs(case)[-3:] == ["case.claimed", "case.released", "case.claimed"]


def test_a_line_pressed_twice_does_it_once(ada, sign_in):
    case, client = build.case(), sign_in(ada)

    answers = [act(client, f"preset.{case.ref}.{case.version}.3") for _ in range(2)]

    [made] = Decision.objects.all()
    assert [answer["Location"] for answer in answers] == [f"/queues/ato/?f=is:late&decided={made.pk}"] * 2
    assert (made.label_class, made.actor) == ("legit", ada)


def test_decided_from_the_list_the_line_stays_struck_with_the_way_back(ada, sign_in):
    case = build.case()

    text = act(sign_in(ada), f"preset.{case.ref}.{case.version}.3", headers=HTMX).content.decode()

    assert '<tr data-row class="struck">' in text
    assert f"/decisions/{Decision.objects.get().pk}/reversal/" in text


def test_what_has_effects_is_not_applied_from_a_list(ada, sign_in):
    case = build.case()

    answer = act(sign_in(ada), f"preset.{case.ref}.{case.version}.1")

    assert (answer.status_code, Decision.objects.count()) == (403, 0)
    assert Case.objects.get().state == "queued"


@pytest.mark.parametrize("changed", ["held", "version"])
def test_a_conflict_decides_nothing_and_takes_nothing(ada, cleo, sign_in, changed):
    case = build.case()
    if changed == "held":
        claims.claim(case_id=case.pk, actor=cleo, now=NOON)
    else:
        Case.objects.update(version=case.version + 1)

    answer = act(sign_in(ada), f"preset.{case.ref}.{case.version}.3", headers=HTMX)

    assert (answer.status_code, Decision.objects.count()) == (409, 0)
    assert Case.objects.filter(claimed_by=ada).count() == 0


@pytest.mark.parametrize("what", ["", "close.C-1", "claim.undefined", "preset.C-1.0", "preset.C-1"])
def test_an_act_that_is_none_is_refused(ada, sign_in, what):
    assert act(sign_in(ada), what).status_code in (403, 404, 422)


def test_only_presets_without_actions_are_safe_from_a_list(db):
    assert {preset.safe_from_list for preset in Preset.objects.filter(action_kinds=[])} == {True}
    assert {preset.safe_from_list for preset in Preset.objects.exclude(action_kinds=[])} == {False}


def test_new_cases_are_told_and_nothing_else(ada, sign_in):
    build.case("a-1")
    since = int(timezone.now().timestamp()) - 60
    client = sign_in(ada)
    address = f"/queues/ato/news/?since={since}&f=severity:critical"
    assert client.get(address, headers=HTMX).status_code == 204
    build.case("a-2", severity="critical", at=timezone.now())
    build.case("a-3", severity="low", at=timezone.now())

    text = client.get(address, headers=HTMX).content.decode()

    assert "1 new since" in text
    assert 'href="/queues/ato/?f=severity:critical" data-key="."' in text


def test_counts_of_the_head_and_the_tabs_come_with_the_news(ada, queue_a, sign_in):
    view = view_edits.save(
        actor=ada, queue=queue_a, name="Worst", address="severity:critical", is_shared=False, now=NOON
    )
    first, client = build.case("a-1", severity="critical"), sign_in(ada)
    page = client.get("/queues/ato/").text
    build.decision(claims.claim(case_id=first.pk, actor=ada, now=NOON))
    build.case("a-2", severity="low", at=timezone.now())

    address = html.unescape(re.search(r'hx-get="(/queues/ato/news/[^"]+)"', page)[1])
    told = client.get(address, headers=HTMX).text

    before, after = (dict(re.findall(r'id="n-(\w+)"[^>]*>(\d+)<', text)) for text in (page, told))
    none = dict.fromkeys(("info", "low", "medium", "high", "critical"), "0")
    assert (before, after) == (none | {"critical": "1"}, none | {"low": "1"})
    assert f"""<span hx-swap-oob="innerHTML:[href='/views/{view.pk}/'] .count">0</span>""" in told
    assert re.search(r'id="sums" hx-swap-oob="true">1 open', told)


def test_newer_cases_of_others_queues_are_not_told(ben, sign_in, queue_a):
    assert sign_in(ben).get("/queues/ato/news/?since=1").status_code == 404


def test_columns_are_remembered_for_each_person(ada, cleo, sign_in):
    build.case()
    client = sign_in(ada)

    answer = client.post("/columns/", {"column": ["due", "state"], "back": "/queues/ato/?f=is:late"})

    assert answer["Location"] == "/queues/ato/?f=is:late"
    heads = [
        re.findall(r'<th scope="col"[^>]*>([A-Z][^<]*)<', sign_in(who).get("/queues/ato/").content.decode())
        for who in (type(ada).objects.get(pk=ada.pk), cleo)
    ]
    assert heads == [
        ["Severity", "Case", "Due", "State"],
        ["Severity", "Case", "Subject", "Exposure €", "Due", "State"],
    ]


def test_sorted_by_severity_the_list_has_headings_with_counts(ada, sign_in):
    build.case("a-1", severity="critical"), build.case("a-2", severity="low"), build.case("a-3", severity="low")

    text = sign_in(ada).get("/queues/ato/?f=sort:severity").content.decode()

    assert re.findall(r'<th scope="rowgroup"[^>]*>([^<]*)<', text) == ["Critical · 1", "Low · 2"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_peek_costs_the_same_for_one_signal_and_for_three(ada, sign_in, rows):
    case = build.case()
    for _ in range(rows - 1):
        build.case()
    client = sign_in(ada)
    client.get(f"/cases/{case.ref}/peek/", headers=HTMX)

    with CaptureQueriesContext(connection) as statements:
        client.get(f"/cases/{case.ref}/peek/", headers=HTMX)

    assert len(counted(statements)) == 2


def test_the_list_names_what_is_posted_for_many_to_whoever_may(ada, cleo, sign_in):
    case = build.case()
    mark = f'name="case" value="{case.ref}" data-select'

    shown = {who.name: mark in sign_in(who).get("/queues/ato/").content.decode() for who in (ada, cleo)}

    assert shown == {"Ada": False, "Cleo": True}
