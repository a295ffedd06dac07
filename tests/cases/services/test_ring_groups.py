"""Which accounts hang together: a table of cases, and planted rings among noise."""

from random import Random

import pytest

from cases.services.ring_groups import Shared, groups
from tests.cases import planted


def thing(number, kind, *accounts):
    return Shared(number, kind, accounts)


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        ([], []),
        ([thing(1, "device", 1, 2)], []),
        ([thing(1, "device", 1, 2, 3)], [(1, 2, 3)]),
        ([thing(1, "payout_account", 1, 2, 3), thing(2, "card", 3, 4, 5)], [(1, 2, 3, 4, 5)]),
        ([thing(1, "ip", 1, 2, 3)], []),
        ([thing(1, "ip", 1, 2, 3), thing(2, "ip", 1, 2, 3), thing(3, "ip", 1, 2, 3)], []),
        ([thing(1, "address", 1, 2, 3), thing(2, "ip", 1, 2, 3)], []),
        ([thing(1, "domain", 1, 2, 3)], []),
        ([thing(1, "domain", 1, 2, 3), thing(2, "ip", 1, 2, 3)], [(1, 2, 3)]),
        ([thing(1, "domain", 1, 2, 3), thing(2, "address", 1, 2, 3)], [(1, 2, 3)]),
        ([thing(1, "image", 1, 2, 3)], []),
    ],
    ids=["nothing", "couple", "device", "one-in-two", "ip", "many-ips", "home", "domain", "domain-ip", "domain-address",
         "unknown-kind"],
)  # fmt: skip
def test_groups_are_joined_by_what_says_something(shared, expected):
    assert [group.accounts for group in groups(shared)] == expected


def test_groups_are_cut_where_only_one_pair_holds_them():
    shared = [thing(1, "device", 1, 2, 3), thing(2, "device", 4, 5, 6), thing(3, "card", 3, 4), thing(4, "card", 6, 7)]

    assert [group.accounts for group in groups(shared)] == [(1, 2, 3), (4, 5, 6)]


def test_groups_leave_a_crowd_out():
    crowd = tuple(range(1, 53))
    parcel_shop = [thing(1, "address", *crowd), thing(2, "domain", *crowd)]

    assert groups(parcel_shop) == []


def test_groups_count_a_weak_kind_less_the_more_share_it():
    office = tuple(range(1, 31))

    assert groups([thing(1, "domain", *office), thing(2, "ip", *office)]) == []


def test_groups_on_one_crowded_device_keep_the_newest_and_those_asked_for():
    [group] = groups([thing(1, "device", *range(1, 81))], keep=[7])

    assert group.accounts == (7, *range(32, 81))


def test_groups_say_what_their_accounts_share_strongest_first():
    shared = [thing(9, "ip", 1, 2, 9), thing(5, "card", 2, 3), thing(4, "device", 1, 2, 3), thing(3, "phone", 3, 8)]

    [group] = groups(shared)

    assert [(one.kind, one.accounts) for one in group.shared] == [
        ("device", (1, 2, 3)),
        ("card", (2, 3)),
        ("ip", (1, 2)),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_groups_do_not_depend_on_the_order(seed):
    random = Random(seed)
    shared, _ = planted.rings(random, rings=4, others=100)
    shuffled = [Shared(one.id, one.kind, tuple(random.sample(one.accounts, len(one.accounts)))) for one in shared]
    random.shuffle(shuffled)

    assert groups(shuffled) == groups(shared)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("others", [600, pytest.param(30_000, marks=pytest.mark.slow)])
def test_twenty_planted_rings_are_found_and_pure(seed, others):
    shared, truth = planted.rings(Random(seed), rings=20, others=others)

    found = planted.measure(groups(shared), truth)

    assert found.found_share >= 0.9
    assert found.pure_share >= 0.9
    assert found.false_groups <= 2
