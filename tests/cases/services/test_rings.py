"""Rings are found on demand and at night, keep one case, and grow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseMember, RingRun
from cases.services import ring_nights, ring_reads, rings
from cases.verbs import Verb
from signals.models import Entity
from tests import factories
from tests.cases import build, ring
from tests.factories import NOON, after
from tscore.core.models import AuditEvent


def around(account, actor, at=NOON):
    return rings.find_around(entity_id=factories.entity("account", account).pk, actor=actor, now=at)


def members(case):
    return sorted(case.members.values_list("entity__external_id", flat=True))


def night(days=1):
    """Run the nightly look at two in the night so many days after the tests' noon; return how much it looked at."""
    now, total = factories.after(14 * 60, days=days - 1), 0
    while handled := ring_nights.look_nightly(limit=200, now=now):
        total += handled
    return total


def test_find_around_opens_one_case_with_its_members(ada):
    device = ring.share("device", "d-9", "a-1", "a-2", "a-3")

    found = around("a-2", ada)

    case = Case.objects.get()
    assert (found.case, found.is_new, members(case)) == (case, True, ["a-1", "a-2", "a-3"])
    assert (case.entity.kind, case.abuse_type_id, case.queue.slug) == ("ring", "account_takeover", "ato")
    assert (case.state, case.headline, case.severity) == ("queued", "3 accounts share 1 device", "medium")
    assert (case.stake_minor, case.probability, case.priority) == (1000, 0.2, 200)
    assert case.due_at > NOON
    assert {tuple(shared) for shared in CaseMember.objects.values_list("shared", flat=True)} == {(device.pk,)}
    assert AuditEvent.objects.get().verb == Verb.RING_FOUND


def test_find_around_finds_nothing_where_nothing_holds_together(ada):
    ring.share("device", "d-9", "a-1", "a-2")
    ring.share("ip", "~ip", "a-1", "a-2", "a-3")

    assert around("a-1", ada) is None
    assert (Case.objects.count(), Entity.objects.filter(kind="ring").count()) == (0, 0)


def test_find_around_needs_an_account(ada):
    device = ring.share("device", "d-9", "a-1", "a-2", "a-3")

    with pytest.raises(rings.NotAnAccount):
        rings.find_around(entity_id=device.pk, actor=ada, now=NOON)


def test_find_around_follows_what_is_shared_in_turn(ada):
    ring.share("device", "d-1", "a-1", "a-2", "a-3")
    ring.share("card", "~c-1", "a-3", "a-4", "a-5")
    ring.share("payout_account", "~p-1", "a-5", "a-6", "a-7")

    assert members(around("a-1", ada).case) == ring.names(7)


def test_a_hub_is_no_link(ada):
    ring.share("device", "d-1", "a-1", "a-2", "a-3")
    domain, ip = ring.share("domain", "mail.example", *ring.names(9)), ring.share("ip", "~ip", *ring.names(9))
    Entity.objects.filter(pk__in=[domain.pk, ip.pk]).update(hub=True)

    assert members(around("a-1", ada).case) == ["a-1", "a-2", "a-3"]


def test_a_parcel_shop_is_marked_as_a_hub_and_joins_nobody(ada):
    accounts = ring.names(60)
    shop, _ = ring.share("address", "~shop", *accounts), ring.share("domain", "some.example", *accounts[:9])

    assert around("a-1", ada) is None
    assert Entity.objects.get(pk=shop.pk).hub is True


def test_a_ring_takes_the_abuse_type_and_the_rank_of_its_members(ada):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    for account, score, stake in (("a-1", 0.6, 40_000), ("a-2", 0.9, 50_000)):
        ring.flag(account, abuse_type="payment_fraud", score=score, money_at_stake_base_minor=stake)
    ring.flag("a-3", abuse_type="phishing", severity="critical")

    case = around("a-1", ada).case

    case.refresh_from_db()
    assert (case.queue.slug, case.severity, case.probability, case.stake_minor) == ("payments", "high", 0.9, 90_000)
    assert case.priority == 0.9 * 90_000


def test_a_ring_keeps_its_case_and_marks_who_is_new(ada):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    first = around("a-1", ada).case
    ring.share("device", "d-9", "a-4")

    again = around("a-4", ada, after(60))

    assert (again.case, again.is_new, Case.objects.count()) == (first, False, 1)
    assert list(CaseMember.objects.order_by("entity_id").values_list("added_at", flat=True)) == [NOON] * 3 + [after(60)]
    first.refresh_from_db()
    assert (first.version, first.headline) == (2, "4 accounts share 1 device")
    assert AuditEvent.objects.latest("pk").verb == Verb.RING_GREW


def test_looking_again_changes_nothing(ada):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    first = around("a-1", ada).case

    again = around("a-1", ada, after(1))

    first.refresh_from_db()
    assert (again.is_new, list(again.fresh), first.version) == (False, [], 1)
    assert (Case.objects.count(), AuditEvent.objects.count()) == (1, 1)


def test_an_account_is_in_one_open_ring(ada):
    ring.share("device", "d-1", "a-1", "a-2", "a-3")
    ring.share("device", "d-2", "b-1", "b-2", "b-3")
    first, second = around("a-1", ada).case, around("b-1", ada).case
    ring.share("card", "~c", "a-1", "a-2", "b-1")

    around("a-1", ada, after(1))

    assert (members(first), members(second)) == (["a-1", "a-2", "a-3"], ["b-1", "b-2", "b-3"])


def test_a_closed_ring_comes_back_only_with_news(ada):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    first = around("a-1", ada).case
    Case.objects.filter(pk=first.pk).update(state="closed", closed_at=after(5))

    without = around("a-1", ada, after(10))
    ring.share("device", "d-9", "a-4")
    second = around("a-1", ada, after(20))

    assert (without.case, without.is_new) == (first, False)
    assert (second.is_new, second.case.follows, second.case.entity) == (True, first, first.entity)
    assert members(second.case) == ring.names(4)


def test_nothing_is_opened_where_everybody_was_decided(ada):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    for account in ring.names(3):
        build.decision(build.held_case(ada, account))

    assert around("a-1", ada) is None


def test_night_opens_rings_around_findings(db):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    ring.share("device", "d-8", "b-1", "b-2", "b-3")
    ring.flag("a-1")

    night()

    assert members(Case.objects.get(entity__kind="ring")) == ["a-1", "a-2", "a-3"]


@pytest.mark.parametrize(("size", "opened"), [(4, 0), (5, 1)])
def test_night_opens_quiet_groups_of_five(size, opened, db):
    for account in ring.names(size):
        build.login(account, context={"device": "d-9"})
    ring.share("device", "d-9", *ring.names(size))

    night()

    assert Case.objects.filter(entity__kind="ring").count() == opened


def test_night_looks_once_and_goes_on_where_it_ended(db):
    ring.share("device", "d-9", "a-1", "a-2", "a-3")
    ring.flag("a-1")

    first, again = night(), night()
    ring.flag("b-1")
    second = night(days=2)

    assert (first > 0, again, second) == (True, 0, 1)
    assert RingRun.objects.filter(finished_at=None).count() == 0


def test_night_that_was_interrupted_goes_on(db, monkeypatch):
    for number in range(3):
        ring.share("device", f"d-{number}", *ring.names(3, f"r{number}"))
        ring.flag(f"r{number}-1")

    handled = ring_nights.look_nightly(limit=1, now=after(days=1))
    unfinished = RingRun.objects.filter(finished_at=None).count()
    while ring_nights.look_nightly(limit=1, now=after(60, days=1)):
        pass

    assert (handled, unfinished, RingRun.objects.filter(finished_at=None).count()) == (1, 1, 0)
    assert Case.objects.filter(entity__kind="ring").count() == 3


def test_night_leaves_out_a_ring_that_cannot_be_stored(db, monkeypatch, caplog):
    for number in range(2):
        ring.share("device", f"d-{number}", *ring.names(3, f"r{number}"))
        ring.flag(f"r{number}-1")
    store = rings._store

    def broken(group, *more, **terms):
        if Entity.objects.get(pk=group.accounts[0]).external_id.startswith("r0"):
            raise ValueError("no")
        return store(group, *more, **terms)

    monkeypatch.setattr(rings, "_store", broken)

    night()

    assert members(Case.objects.get(entity__kind="ring")) == ring.names(3, "r1")
    assert "could not be stored" in caplog.text


@pytest.mark.parametrize("size", [3, 9])
def test_reading_around_takes_the_same_statements_whatever_the_size(size, db):
    ring.share("device", "d-9", *ring.names(size))
    start = [factories.entity("account", "a-1").pk]

    with CaptureQueriesContext(connection) as statements:
        shared = ring_reads.around(start)

    assert (len(shared[0].accounts), len(statements)) == (size, 2)


def test_reading_around_a_busy_address_stays_small(db):
    hub, people = factories.entity("ip", "~carrier"), ring.names(300)
    for account in people:
        ring.share("ip", "~carrier", account)
    ring.share("device", "d-9", "a-1", "a-2", "a-3")

    [ip, device] = sorted(
        ring_reads.around([factories.entity("account", "a-1").pk]), key=lambda one: -len(one.accounts)
    )

    assert (ip.id, len(ip.accounts), len(device.accounts)) == (hub.pk, ring_reads.MOST_SHARERS, 3)


def test_night_says_when_it_is_due():
    assert ring_nights._night(NOON) == NOON - timedelta(hours=10)
    assert ring_nights._night(NOON - timedelta(hours=11)) == NOON - timedelta(hours=34)
