"""Rings planted among honest people in the database are found by the nightly look, through the bounded reads."""

from random import Random

import pytest

from cases.models import Case
from cases.services import ring_nights
from cases.services.ring_groups import Group
from signals.models import Entity, Link
from tests.cases import build, planted
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db


def store(shared, truth):
    """Store accounts, things and links; something was found about the first account of each ring."""
    numbers = sorted({account for one in shared for account in one.accounts})
    seen = {"first_seen_at": NOON, "last_seen_at": NOON}
    accounts = {
        number: Entity(kind="account", external_id=f"a-{number}", ref=f"en_a{number}", **seen) for number in numbers
    }
    things = {
        one.id: Entity(
            kind=one.kind, external_id=f"~t-{one.id}", ref=f"en_t{one.id}", hub=len(one.accounts) > 100, **seen
        )
        for one in shared
    }
    Entity.objects.bulk_create([*accounts.values(), *things.values()])
    links = [
        Link(origin=accounts[account], target=things[one.id], kind=one.kind, **seen)
        for one in shared
        for account in one.accounts
    ]
    Link.objects.bulk_create(links, batch_size=5000)
    for ring in truth:
        build.signal(accounts[min(ring)])
    build.correlation.correlate_pending(limit=500, now=NOON)


@pytest.mark.parametrize("others", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_twenty_planted_rings_become_cases(others):
    shared, truth = planted.rings(Random(7), rings=20, others=others)
    store(shared, truth)

    while ring_nights.look_nightly(limit=200, now=after(days=1)):
        pass

    found = [members_of(case) for case in Case.objects.filter(entity__kind="ring").order_by("pk")]
    measured = planted.measure(found, truth)
    assert measured.found_share >= 0.9
    assert measured.pure_share >= 0.9
    assert measured.false_groups == 0


def members_of(case):
    names = case.members.values_list("entity__external_id", flat=True)
    return Group(tuple(sorted(int(name.removeprefix("a-")) for name in names)), ())
