"""The page of one entity, of every kind and on every tab."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.queries import entity_page
from cases.services import catalogue, notes
from cases.web.entity import READS, TABS
from signals.models import Entity
from tests import factories
from tests.cases import build, ring
from tests.cases.queries.test_rollup import busy
from tests.cases.web.statements import counted
from tests.factories import NOON
from tscore.core import db

pytestmark = pytest.mark.django_db
HOSTILE = "\"><svg onload=alert(1)> hx-get='/x' javascript:alert(1) https://evil.example \u202e"
KINDS = ("account", "payment", "listing", "message", "device", "ip", "card", "domain", "email", "payout", "dispute")


def address(entity: Entity, tab: str = "") -> str:
    return f"/e/{entity.kind}/{entity.ref}/{tab}"


def tabs_of(client, entity: Entity) -> list[str]:
    nav = client.get(address(entity)).content.decode().partition('aria-label="Tabs"')[2].partition("</nav>")[0]
    return re.findall(rf'href="{address(entity)}(\w*)/?"', nav)


def in_main(html: str) -> str:
    return html.partition('id="main"')[2].partition("</main>")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_with_tabs_that_open(kind, ada, sign_in):
    entity, client = factories.entity(kind, "x-1"), sign_in(ada)

    tabs = tabs_of(client, entity)

    assert {"", "activity", "links", "cases", "decisions", "notes", "raw"} <= {*tabs}
    for tab in TABS:
        answer = client.get(address(entity, f"{tab}/" if tab else ""))
        assert answer.status_code == (200 if tab in tabs else 404)
        if tab in tabs:
            assert answer.content.decode().count('aria-current="page">') >= 1


def test_an_account_has_every_tab_and_keys_that_turn_them(ada, sign_in):
    html = sign_in(ada).get(address(factories.entity("account", "a-1"))).content.decode()
    nav = html.partition('aria-label="Tabs"')[2].partition("</nav>")[0]

    assert re.findall(r">([A-Z]\w+)</a>", nav) == list(TABS.values())
    assert re.findall(r'data-key="(.)">(\w+)', nav) == [("]", "Activity"), ("[", "Raw")]


def test_the_account_page_joins_what_it_did_everywhere(ada, sign_in):
    account = busy("a-1", 1)

    main = in_main(sign_in(ada).get(address(account)).content.decode())

    for kind, name in (("payment", "p"), ("dispute", "d"), ("payout", "po"), ("listing", "l"), ("message", "m")):
        assert f'href="{address(factories.entity(kind, f"{name}-a-1-0"))}"' in main
    assert f'href="{address(factories.entity("device", "dev-a-1-0"))}"' in main
    assert "Toy" in main and "hello" in main


@pytest.mark.parametrize(("tab", "seen"), [("money", "p-a-1-0"), ("listings", "Toy"), ("messages", "hello")])
def test_money_listings_and_messages_have_tabs(tab, seen, ada, sign_in):
    account = busy("a-1", 1)

    assert seen in in_main(sign_in(ada).get(address(account, f"{tab}/")).content.decode())


@pytest.mark.parametrize("kind", ["domain", "ip", "device", "card", "email"])
def test_an_attribute_shows_the_accounts_behind_it_with_cases_one_may_see(kind, ada, ben, sign_in):
    case = build.case("a-1", severity="critical")
    ring.share(kind, "shared-1", "a-1", "a-2")
    shared = factories.entity(kind, "shared-1")

    mine, other = (in_main(sign_in(person).get(address(shared)).content.decode()) for person in (ada, ben))

    for html in (mine, other):
        assert [address(factories.entity("account", name)) in html for name in ("a-1", "a-2")] == [True, True]
    assert (case.ref in mine, case.ref in other) == (True, False)


def test_a_hub_is_capped_and_says_so(ada, sign_in):
    ring.share("ip", "~hub", *(f"a-{number}" for number in range(60)))
    Entity.objects.filter(kind="ip").update(hub=True)

    html = in_main(sign_in(ada).get(address(Entity.objects.get(kind="ip"))).content.decode())

    assert "the last 50 of 60 accounts" in " ".join(html.split())
    assert "shared by many" in html


def test_one_hop_more_is_a_page_and_a_fragment(ada, sign_in):
    ring.share("device", "d-1", "a-1", "a-2")
    account, device, client = factories.entity("account", "a-1"), factories.entity("device", "d-1"), sign_in(ada)
    path = f"{address(account, 'links/')}?of={device.ref}"

    whole = client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true", "HX-Target": "hop"}).content.decode()

    assert f'href="{path}#hop"' in whole
    for html in (whole, part):
        assert "One hop further, table" in html and address(factories.entity("account", "a-2")) in html
    assert ("<html" in whole, "<html" in part) == (True, False)
    assert client.get(f"{address(account, 'links/')}?of=nothing").status_code == 200


def test_notes_of_visible_queues_are_shown(ada, ben, sign_in):
    case = build.case()
    notes.add(case_id=case.pk, actor=ada, text="Called the <b>owner</b>", now=NOON)
    path = address(case.entity, "notes/")

    mine, other = (in_main(sign_in(person).get(path).content.decode()) for person in (ada, ben))

    assert ("Called the &lt;b&gt;owner" in mine, "Called" in other) == (True, False)


def test_decisions_of_visible_queues_are_shown(ada, ben, sign_in):
    case = build.held_case(ada)
    build.decision(case)
    path = address(case.entity, "decisions/")

    mine, other = (in_main(sign_in(person).get(path).content.decode()) for person in (ada, ben))

    assert (case.ref in mine, case.ref in other) == (True, False)


PARTS = sorted({"subject", "open_cases", "rings", *(name for names in READS.values() for name in names)})


@pytest.mark.parametrize("part", [name for name in PARTS if name != "hidden_cases"])
def test_a_part_that_cannot_be_read_says_so_and_the_page_stands(part, ada, sign_in, monkeypatch):
    account = busy("a-1", 1)
    monkeypatch.setattr(entity_page.EntityPage, part, property(lambda found: db.rows("SELECT broken")))
    tab = next((tab for tab, names in READS.items() if part in names), "")

    answer = sign_in(ada).get(address(account, f"{tab}/" if tab else ""))

    assert answer.status_code == 200
    assert ("cannot be read" in answer.content.decode()) == (part != "attributes")


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_takes_the_same_statements_at_one_row_and_at_three(tab, ada, sign_in, monkeypatch):
    monkeypatch.setattr(catalogue, "CHECK_S", 3600.0)  # whether queues changed is asked by the clock
    client, counts = sign_in(ada), []
    for name, number in (("a-1", 1), ("a-1", 1), ("a-2", 3)):
        account = factories.entity("account", name) if counts and name == "a-1" else busy(name, number)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address(account, f"{tab}/" if tab else "")).status_code == 200
        counts.append(len(counted(statements)))

    assert counts[1] == counts[2] <= 30


@pytest.mark.parametrize("tab", TABS)
def test_hostile_text_stays_text_on_every_tab(tab, ada, sign_in):
    factories.event("listing.created", NOON, listing=HOSTILE[:60], seller="a-1", title=HOSTILE, description=HOSTILE)
    factories.event("message.sent", NOON, message="m-1", sender="a-1", recipient=HOSTILE[:50], text=HOSTILE)
    ring.share("device", HOSTILE, "a-1", "a-2")

    main = in_main(
        sign_in(ada).get(address(factories.entity("account", "a-1"), f"{tab}/" if tab else "")).content.decode()
    )

    assert re.findall(r"<svg [^>]*onload|://|\u202e|<[^>]*hx-get='", main) == []


def test_who_may_not_see_people_finds_no_entity(mallory, sign_in):
    entity, client = factories.entity("account", "a-1"), sign_in(mallory)

    assert [client.get(address(entity, tab)).status_code for tab in ("", "notes/", "raw/")] == [404] * 3
