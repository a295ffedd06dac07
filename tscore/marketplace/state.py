"""How every target stands, worked out from the effects that still stand on it.

A target is its base plus the effects nobody took back. Taking one back removes that effect alone, so an account
suspended for two reasons stays suspended when one of them falls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tscore.marketplace.kinds import INVERSES, KINDS, Kind, Value, untouched

TargetKey = tuple[str, str]


class Refused(Exception):
    """The marketplace does not do this; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one action does to one target: `event` is the report that is true afterwards."""

    before: Mapping[str, Value]
    after: Mapping[str, Value]
    event: str | None


@dataclass(slots=True)
class Target:
    """One thing on the marketplace: its base, and the kinds of the standing effects by action, oldest first."""

    base: dict[str, Value]
    standing: dict[str, str] = field(default_factory=dict)

    def now(self) -> dict[str, Value]:
        """Return how the target stands: later effects cover earlier ones."""
        current = dict(self.base)
        for kind_name in self.standing.values():
            current.update(KINDS[kind_name].changes)
        return current

    def with_effect(self, *, action: str, kind_name: str, reverses: str | None) -> "Target":
        """Return the target as it is after one more effect."""
        inverse_of = {done for done, name in self.standing.items() if KINDS[name].inverse == kind_name}
        gone = {reverses} if reverses else inverse_of
        standing = {done: name for done, name in self.standing.items() if done not in gone}
        if kind_name in INVERSES:
            return Target({**self.base, **KINDS[kind_name].changes}, standing)
        return Target(dict(self.base), {**standing, action: kind_name})

    def newest_event(self, kind: Kind) -> str | None:
        """Return the report that fits what now stands: the kind's own, unless another effect still covers it."""
        current = self.now()
        if all(current[name] == value for name, value in kind.changes.items()):
            return kind.event
        covering = [KINDS[name] for name in self.standing.values() if KINDS[name].changes.keys() & kind.changes.keys()]
        return covering[-1].event


class World:
    """All targets anybody has touched."""

    def __init__(self) -> None:
        self._targets: dict[TargetKey, Target] = {}
        self._owners: dict[str, tuple[str, TargetKey]] = {}

    def judge(self, *, action: str, kind_name: str, target: TargetKey, reverses: str | None) -> Change:
        """Work out what an action would change, without changing it.

        Raises:
            Refused: the kind is unknown, does not fit the target, cannot follow what stands, or reverses nothing.
        """
        kind = _kind_for(kind_name, target)
        thing = self._find(target)
        _require_open(thing, kind=kind, target=target)
        if reverses:
            self._require_reversible(reverses, kind_name=kind_name, target=target)
        later = thing.with_effect(action=action, kind_name=kind_name, reverses=reverses)
        return Change(before=thing.now(), after=later.now(), event=later.newest_event(kind))

    def accept(self, *, action: str, kind_name: str, target: TargetKey, reverses: str | None) -> None:
        """Make an effect stand that is in the ledger."""
        later = self._find(target).with_effect(action=action, kind_name=kind_name, reverses=reverses)
        self._targets[target] = later
        self._owners[action] = (kind_name, target)

    def _find(self, target: TargetKey) -> Target:
        return self._targets.get(target) or Target(untouched(target[0]))

    def _require_reversible(self, reverses: str, *, kind_name: str, target: TargetKey) -> None:
        done_kind, done_target = self._owners.get(reverses, ("", target))
        if not done_kind:
            raise Refused(f"Action {reverses} never took effect here, so there is nothing to take back.")
        if KINDS[done_kind].inverse != kind_name or done_target != target:
            raise Refused(f"{kind_name} on this target does not take back {done_kind} ({reverses}).")
        if reverses not in self._find(target).standing:
            raise Refused(f"Action {reverses} was taken back before.")


def _kind_for(kind_name: str, target: TargetKey) -> Kind:
    kind = KINDS.get(kind_name)
    if kind is None:
        raise Refused(f"This marketplace knows no action {kind_name}.")
    if target[0] not in kind.on:
        raise Refused(f"{kind_name} does not fit a target of kind {target[0]}.")
    return kind


def _require_open(thing: Target, *, kind: Kind, target: TargetKey) -> None:
    """Refuse a change of a member that a final effect has settled."""
    for name in thing.standing.values():
        settled = KINDS[name]
        if settled.final and settled.changes.keys() & kind.changes.keys():
            raise Refused(f"This {target[0]} is {next(iter(settled.changes.values()))}, which is final.")
