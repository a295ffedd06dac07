"""No page ranks people or shows their speed, and a count is the number of rows it opens."""

import re

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from cases.services import claims
from tests import factories
from tests.cases import build
from tests.cast import person

pytestmark = pytest.mark.django_db
SUMS = (
    "/", "/queues/", "/queues/ato/health/", "/queues/ato/explore/", "/times/", "/times/export/", "/sampling/",
    "/status/", "/admin/queues/", "/admin/queues/ato/", "/admin/routing/", "/delivery/",
)  # fmt: skip
LISTS = ("/queues/ato/", "/bulk/", "/actions/", "/labels/", "/inbox/", "/mutes/", "/dead-letters/", "/datasets/")


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


def test_counts_of_home_and_queues_are_the_rows_they_open(crawler):
    rows = len(re.findall("<tr data-row[ >]", crawler.get("/queues/ato/").content.decode()))
    for address in ("/", "/queues/"):
        html = crawler.get(address).content.decode()
        shown = re.search(r'href="/queues/ato/"[^>]*data-open.*?<td class="num">(\d+)', html, re.DOTALL)
        assert (address, int(shown[1])) == (address, rows)
