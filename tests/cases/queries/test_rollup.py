"""One account across all surfaces."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.queries.entity_page import entity_page
from cases.queries.rollup import SHOWN, surfaces
from cases.services import correlation
from signals.models import Entity
from tests import factories
from tests.cases import build, ring
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db


def busy(account, number):
    """Let an account buy, sell, write, sign in and be paid so many times; the first payment is disputed."""
    for turn in range(number):
        at, mark = after(-turn), f"{account}-{turn}"
        factories.event("payment.captured", at, payment=f"p-{mark}", buyer=account, seller="s-1", amount=700)
        factories.event("dispute.opened", at, dispute=f"d-{mark}", payment=f"p-{mark}", amount=700)
        factories.event("listing.created", at, listing=f"l-{mark}", seller=account, title="Toy")
        factories.event("message.sent", at, message=f"m-{mark}", sender=account, recipient="r-1", text="hello")
        build.payout(f"po-{mark}", account, 500, at)
        build.login(account, at, context={"device": f"dev-{mark}"})
        ring.share("device", f"dev-{mark}", account)
    return factories.entity("account", account)


def test_surfaces_show_everything_one_account_did(ada):
    account = busy("a-1", 2)

    found = surfaces(account=account, user=ada)

    assert [(one.kind, one.total, [thing.name.text for thing in one.things]) for one in found] == [
        ("payment", 2, ["p-a-1-0", "p-a-1-1"]),
        ("dispute", 2, ["d-a-1-0", "d-a-1-1"]),
        ("payout", 2, ["po-a-1-0", "po-a-1-1"]),
        ("listing", 2, ["l-a-1-0", "l-a-1-1"]),
        ("message", 2, ["m-a-1-0", "m-a-1-1"]),
    ]
    payment = found[0].things[0]
    assert (payment.role, payment.event_kind, payment.amount_base_minor) == ("buyer", "payment.captured", 700)


def test_surfaces_show_the_newest_and_count_the_rest(ada):
    found = surfaces(account=busy("a-1", SHOWN + 2), user=ada)

    assert {(one.total, len(one.things)) for one in found} == {(SHOWN + 2, SHOWN)}


def test_surfaces_show_open_cases_of_visible_queues_only(ada, ben):
    account = busy("a-1", 1)
    build.signal(factories.entity("payment", "p-a-1-0"), "account_takeover")
    correlation.correlate_pending(limit=10, now=NOON)
    case = Case.objects.get()

    mine, other = (surfaces(account=account, user=person)[0].things[0] for person in (ada, ben))

    assert (mine.case_ref, mine.case_abuse, mine.case_severity) == (case.ref, "Account takeover", "high")
    assert (other.case_ref, other.case_abuse) == ("", "")


def test_nobody_did_anything(ada):
    assert surfaces(account=factories.entity("account", "a-1"), user=ada) == []


def test_entity_page_shows_devices_and_rings(ada):
    account = busy("a-1", 1)
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    case = ring.found("a-1", ada)

    page = entity_page(entity=account, user=ada)

    assert {one.name.text for one in page.devices} == {"dev-a-1-0", "d-9"}
    assert [(one.ref, one.size) for one in page.rings] == [(case.ref, 3)]


def test_entity_page_takes_the_same_statements_at_one_row_and_at_three(ada):
    counts = []
    for account, number in (("a-1", 1), ("a-2", 3)):
        busy(account, number)
        entity = Entity.objects.get(external_id=account)
        with CaptureQueriesContext(connection) as statements:
            page = entity_page(entity=entity, user=ada)
        assert {len(surface.things) for surface in page.surfaces} == {number}
        counts.append(len(statements))

    assert counts[0] - counts[1] in (0, 1)  # the rights of the person are read once
    assert counts[1] <= 20
