"""Planted rings among honest people: couples, families, offices, a parcel shop, free mail and a carrier's address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from cases.services.ring_groups import Group, Shared

CARRIER = 600


@dataclass(frozen=True)
class Measured:
    """How much of the truth was found: members of rings found together, members of groups that belong there."""

    found_share: float
    pure_share: float
    false_groups: int


def rings(random: Random, *, rings: int, others: int) -> tuple[list[Shared], list[frozenset[int]]]:
    """Return what accounts share, and the planted rings; accounts are numbered from 1."""
    people = list(range(1, others + 1))
    held: dict[tuple[int, str], set[int]] = defaultdict(set)
    numbers = count(1)
    _noise(random, people, held, numbers)
    truth, first = [], others + 1
    for _ in range(rings):
        members = list(range(first, first + random.randrange(4, 13)))
        first = members[-1] + 1
        _plant(random, members, people, held, numbers)
        truth.append(frozenset(members))
    return [Shared(pk, kind, tuple(sorted(who))) for (pk, kind), who in held.items()], truth


def _noise(random: Random, people: Sequence[int], held: dict[tuple[int, str], set[int]], numbers: count[int]) -> None:
    for share, size, kinds in (
        (0.12, 2, ("device", "ip", "address")),  # couples
        (0.03, 2, ("card", "address")),  # a card borrowed
        (0.02, 2, ("phone",)),
        (0.1, 2, ("ip",)),
        (0.05, 4, ("address", "ip")),  # families
        (0.05, 20, ("domain", "ip")),  # offices
        (0.1, 30, ("address",)),  # blocks of flats
    ):
        for _ in range(max(1, int(len(people) * share / size))):
            group = random.sample(people, min(size, len(people)))
            for kind in kinds:
                held[next(numbers), kind].update(group)
    held[next(numbers), "ip"].update(random.sample(people, min(CARRIER, len(people))))  # a carrier
    held[next(numbers), "domain"].update(people)  # free mail
    held[next(numbers), "address"].update(random.sample(people, min(120, len(people))))  # a parcel shop


def _plant(
    random: Random,
    members: list[int],
    people: Sequence[int],
    held: dict[tuple[int, str], set[int]],
    numbers: count[int],
) -> None:
    """Let the members share two or three devices, payout accounts and cards, each account some of them."""
    for kind in ("device", random.choice(("payout_account", "card", "phone"))):
        things = [next(numbers) for _ in range(1 + len(members) // 5)]
        for account in members:
            held[random.choice(things), kind].add(account)
    held[next(numbers), "ip"].update(members)
    for account in random.sample(members, len(members) // 3):  # taken-over accounts have honest partners
        held[next(numbers), "device"].update((account, random.choice(people)))


def measure(found: Sequence[Group], truth: Sequence[frozenset[int]]) -> Measured:
    """Compare groups with the planted rings: each ring with the group that holds most of it."""
    together = sum(max((len(ring & set(group.accounts)) for group in found), default=0) for ring in truth)
    touching = [group for group in found if any(len(ring & set(group.accounts)) > 1 for ring in truth)]
    right = sum(max(len(ring & set(group.accounts)) for ring in truth) for group in touching)
    return Measured(
        found_share=together / sum(len(ring) for ring in truth),
        pure_share=right / max(1, sum(len(group.accounts) for group in touching)),
        false_groups=len(found) - len(touching),
    )
