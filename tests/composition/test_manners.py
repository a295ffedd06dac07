"""What holds on every page: little to load, one thing to press, and nothing that ranks people."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django_htmx import __file__ as htmx_home
from guardian.shortcuts import assign_perm

from cases.services import claims
from tests import factories
from tests.cases import build
from tests.cast import person

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SUMS = (
    "/", "/queues/", "/queues/ato/health/", "/queues/ato/explore/", "/times/", "/times/export/", "/sampling/",
    "/status/", "/admin/queues/", "/admin/queues/ato/", "/admin/routing/", "/delivery/",
)  # fmt: skip
LISTS = ("/queues/ato/", "/bulk/", "/actions/", "/labels/", "/inbox/", "/mutes/", "/dead-letters/", "/datasets/")
SMALL, LARGE = 100_000, 200_000  # bytes of a first view with an empty cache


@pytest.fixture
def crawler(cleo, queue_a, sign_in):
    """Cleo with every group; Zebulon decided two cases and holds one, Quirin decided one."""
    cleo.groups.set(Group.objects.all())
    for name, number in (("Zebulon", 2), ("Quirin", 1)):
        reviewer = person(name, "reviewer")
        assign_perm("review_queue", reviewer, queue_a)
        for at in range(number):
            build.decision(build.held_case(reviewer, f"{name}-{at}", severity="critical"))
    held = build.case("held", severity="critical")
    claims.claim(case_id=held.pk, actor=reviewer, now=factories.NOON)
    for at in range(3):
        build.case(f"free-{at}", severity="critical")
    return sign_in(cleo)


def test_no_page_of_sums_names_a_reviewer(crawler):
    pages = {address: crawler.get(address) for address in SUMS}

    assert {address: answer.status_code for address, answer in pages.items()} == dict.fromkeys(SUMS, 200)
    assert [address for address, answer in pages.items() if re.search("Zebulon|Quirin", answer.content.decode())] == []


def test_no_list_has_a_row_for_each_reviewer(crawler):
    heads = {
        address: re.findall(
            r'<th scope="row"[^>]*>(.*?)<(?:/th|td|/tr)', crawler.get(address).content.decode(), re.DOTALL
        )
        for address in LISTS
    }

    assert heads["/queues/ato/"]
    assert [address for address, rows in heads.items() if re.search("Zebulon|Quirin", " ".join(rows))] == []


def test_every_page_has_one_thing_to_press_and_one_critical_badge_at_most(crawler):
    case = claims.claim_next(queue=build.Case.objects.first().queue, actor=person_of(crawler), now=factories.NOON)
    entity = case.entity
    found = {}
    for address in (*SUMS, *LISTS, f"/cases/{case.ref}/", f"/e/account/{entity.ref}/", "/mutes/new/", "/datasets/new/"):
        html = crawler.get(address).content.decode()
        main = re.sub(r"<p class=\"decide-jump\">.*?</p>", "", html[html.find("<main") :], flags=re.DOTALL)
        primary = len(re.findall(r'class="button[^"]*\bprimary\b', main))
        filled = len(re.findall(r'class="sev[^"]*critical filled|class="sev[^"]*filled critical', main))
        found[address] = (primary, filled)

    assert {address: counts for address, counts in found.items() if max(counts) > 1} == {}
    assert found[f"/cases/{case.ref}/"] == (1, 1)


def person_of(client):
    from tscore.core.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


def test_first_views_are_light(crawler):
    case = build.Case.objects.filter(state="queued").first()
    small = ("/queues/ato/", f"/cases/{case.ref}/")
    weights = {address: weight(crawler.get(address).content.decode()) for address in (*small, *SUMS, *LISTS)}

    assert {address: size for address, size in weights.items() if size > LARGE} == {}
    assert {address: weights[address] for address in small if weights[address] > SMALL} == {}


def weight(html):
    """Return the bytes of a page as it is sent, and of what it links, compressed as the server keeps it."""
    names = set(re.findall(r'(?:href|src)="/static/([\w./-]+?)(?:#[\w-]+)?"', html))
    return len(html.encode()) + sum(len(gzip.compress(static(name).read_bytes())) for name in names)


def static(name):
    plain = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name)
    place = ROOT / "static" / plain
    return place if place.exists() else Path(htmx_home).parent / "static" / plain


def test_counts_of_home_and_queues_are_the_rows_they_open(crawler):
    rows = len(re.findall("<tr data-row[ >]", crawler.get("/queues/ato/").content.decode()))
    for address in ("/", "/queues/"):
        html = crawler.get(address).content.decode()
        shown = re.search(r'href="/queues/ato/"[^>]*data-open.*?<td class="num">(\d+)', html, re.DOTALL)
        assert (address, int(shown[1])) == (address, rows)
