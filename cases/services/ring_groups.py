"""Which accounts hang together, from what they share. Pure: the same input gives the same groups, in any order.

* Sharing a device, a payout account, a card, a telephone number or an e-mail address joins two accounts; a
  domain does so only together with a postal or an IP address. Home address and home IP address are one fact, and an
  IP address alone says nothing.
* What so many share that it says nothing (a crowd) joins nobody.
* What hangs by a single pair is cut there: a couple that shares a device is no ring, and two rings with one couple
  between them are two rings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

# How much sharing one thing of a kind says; two accounts are joined from JOINED on. Each kind counts once.
WEIGHTS: Final[Mapping[str, float]] = {
    "device": 1.0,
    "payout_account": 1.0,
    "card": 0.9,
    "phone": 0.8,
    "email": 0.8,
    "address": 0.25,
    "domain": 0.3,
    "ip": 0.15,
}
JOINED: Final = 0.45
# More accounts than this on one of them are a crowd: an office, a parcel shop, a mail provider, a carrier.
CROWDS: Final[Mapping[str, int]] = {"phone": 50, "address": 50, "domain": 50, "ip": 50}
FEW: Final = 10  # up to here a weak kind counts in full, then less and less
SHARERS: Final = 50  # of the accounts on one device, card or payout account so many count, the newest first
SMALLEST: Final = 3


@dataclass(frozen=True, slots=True)
class Shared:
    """One entity and the accounts that were seen with it."""

    id: int
    kind: str
    accounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that hang together, and what at least two of them share, strongest first."""

    accounts: tuple[int, ...]
    shared: tuple[Shared, ...]


Pairs = dict[int, set[int]]


def groups(shared: Iterable[Shared], *, keep: Collection[int] = ()) -> list[Group]:
    """Return the groups of at least three accounts, the largest first.

    Args:
        keep: accounts that are not left out where more share one thing than count.
    """
    usable = _usable(shared, frozenset(keep))
    found = [tuple(sorted(part)) for part in _parts(_without_bridges(_pairs(usable))) if len(part) >= SMALLEST]
    return [Group(accounts, _within(usable, accounts)) for accounts in sorted(found, key=lambda one: (-len(one), one))]


def neighbours(shared: Iterable[Shared], *, keep: Collection[int] = ()) -> Pairs:
    """Return with whom each account is joined."""
    return _pairs(_usable(shared, frozenset(keep)))


def is_crowded(one: Shared) -> bool:
    """Tell whether so many accounts share it that it says nothing."""
    return len(one.accounts) > CROWDS.get(one.kind, len(one.accounts))


def _usable(shared: Iterable[Shared], keep: frozenset[int]) -> list[Shared]:
    """Return what two or more share and no crowd does, in a fixed order, each with the accounts that count."""
    usable = []
    for one in shared:
        accounts = sorted(set(one.accounts), key=lambda account: (account not in keep, -account))
        if one.kind in WEIGHTS and len(accounts) > 1 and not is_crowded(one):
            usable.append(Shared(one.id, one.kind, tuple(sorted(accounts[:SHARERS]))))
    return sorted(usable, key=lambda one: (-WEIGHTS[one.kind], one.id))


def _pairs(usable: Iterable[Shared]) -> Pairs:
    """Return for each account those it is joined with, by what both share of each kind."""
    said: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for one in usable:
        weight = _weight(one)
        for pair in combinations(one.accounts, 2):
            said[pair][one.kind] = max(weight, said[pair].get(one.kind, 0.0))
    joined: Pairs = defaultdict(set)
    for (first, second), kinds in said.items():
        if round(sum(kinds.values()), 9) >= JOINED:
            joined[first].add(second)
            joined[second].add(first)
    return joined


def _weight(one: Shared) -> float:
    weight = WEIGHTS[one.kind]
    return weight if weight >= JOINED else weight * min(1.0, FEW / len(one.accounts))


def _without_bridges(joined: Pairs) -> Pairs:
    """Return the pairs that lie on a circle: without any of them its accounts would still hang together."""
    cut = _bridges(joined)
    return {
        account: {other for other in others if (min(account, other), max(account, other)) not in cut}
        for account, others in joined.items()
    }


def _bridges(joined: Pairs) -> set[tuple[int, int]]:
    """Find the pairs whose removal parts a group (Tarjan's low links, with a list in place of recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found: set[tuple[int, int]] = set()
    for root in sorted(joined):
        if root not in order:
            _walk(root, joined, order, low, found)
    return found


def _walk(root: int, joined: Pairs, order: dict[int, int], low: dict[int, int], found: set[tuple[int, int]]) -> None:
    order[root] = low[root] = len(order)
    path = [(root, root, iter(sorted(joined[root])))]
    while path:
        account, came_from, others = path[-1]
        for other in others:
            if other not in order:
                order[other] = low[other] = len(order)
                path.append((other, account, iter(sorted(joined[other]))))
                break
            if other != came_from:
                low[account] = min(low[account], order[other])
        else:
            path.pop()
            if account != came_from:
                low[came_from] = min(low[came_from], low[account])
                if low[account] > order[came_from]:
                    found.add((min(account, came_from), max(account, came_from)))


def _parts(joined: Pairs) -> list[set[int]]:
    """Return what hangs together."""
    parts, seen = [], set[int]()
    for start in sorted(joined):
        if start in seen:
            continue
        part, waiting = {start}, [start]
        while waiting:
            fresh = joined[waiting.pop()] - part
            part |= fresh
            waiting.extend(fresh)
        seen |= part
        parts.append(part)
    return parts


def _within(usable: Iterable[Shared], accounts: tuple[int, ...]) -> tuple[Shared, ...]:
    """Return what the accounts of one group share with each other."""
    members = set(accounts)
    found = [Shared(one.id, one.kind, tuple(a for a in one.accounts if a in members)) for one in usable]
    kept = [one for one in found if len(one.accounts) > 1]
    return tuple(sorted(kept, key=lambda one: (-WEIGHTS[one.kind], -len(one.accounts), one.id)))
