"""The form of a feature: what it says about whom, and how it is found. Pure data; nothing here reads rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

Value = bool | int | float | str
Values = dict[int, dict[str, Value]]  # event id -> feature name -> value; what is not known is not there

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORD = re.compile(r"[a-z][a-z0-9_.]{0,31}")


class Type(StrEnum):
    """What a value is; fixed for ever, since a change of type is a new name."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"


class Privacy(StrEnum):
    """What a value gives away: how somebody behaves, what somebody wrote, or who somebody is."""

    BEHAVIOUR = "behaviour"
    CONTENT = "content"
    IDENTITY = "identity"


class Aggregate(StrEnum):
    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    STD = "std"
    FIRST_AGE = "first_age"
    LAST_AGE = "last_age"


class Way(StrEnum):
    """How a feature is made of other features of the same event."""

    RATIO = "ratio"
    DEVIATIONS = "deviations"
    NONE_BEFORE = "none_before"


# What stands for a value that the scored event carries itself, among features that others are made of.
AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Window:
    """Earlier facts of one entity within a time, and what is made of them.

    Attributes:
        of: kinds of event that count.
        agg: `distinct` needs `distinct`; `sum avg min max std` work on the amount in minor units of the base currency;
            `first_age` is the seconds since the oldest (of the newest facts that one window looks at), `last_age` since
            the newest.
        window: length; a fact counts if it occurred after t - window, and before t or at t sorting before the event.
        distinct: the member whose different entities are counted.
        same: pairs (member of the earlier fact, member of the scored event) that must name the same entity.
        other: members that must not name the same entity in both.
        as_role: the part that the entity had in the earlier facts, where it differs from its part in this event.
        present: members of the payload that an earlier fact must have.
    """

    of: tuple[str, ...]
    agg: Aggregate
    window: timedelta
    distinct: str = ""
    same: tuple[tuple[str, str], ...] = ()
    other: tuple[str, ...] = ()
    as_role: str = ""
    present: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        words = (*self.of, *self.present, *self.other, *(member for pair in self.same for member in pair))
        if not all(_WORD.fullmatch(word) for word in words):
            raise ValueError(f"Not the words of kinds and members: {words}.")
        if (self.agg is Aggregate.DISTINCT) != bool(self.distinct):
            raise ValueError("Name the member to count for `distinct`, and only there.")


@dataclass(frozen=True, slots=True)
class Made:
    """How a feature follows from others of the same event; absent where one of them is, or nothing to measure against.

    Attributes:
        way: `ratio` is first ÷ (second x share), `deviations` is (first - second) ÷ third, `none_before` says that all
            are nothing.
        of: the names of the others, in that order.
        share: the part of the second's window that the first covers, so that 1 means "as usual".
    """

    way: Way
    of: tuple[str, ...]
    share: float = 1.0

    def __post_init__(self) -> None:
        needed = {Way.RATIO: (2,), Way.DEVIATIONS: (3,), Way.NONE_BEFORE: (1, 2)}[self.way]
        if len(self.of) not in needed or self.share <= 0:
            raise ValueError(f"`{self.way}` is made of {needed} others and a share above zero.")


@dataclass(frozen=True, slots=True)
class Feature:
    """A number or category about an entity as of an event; the same live, later and in a table.

    Attributes:
        name: `[a-z][a-z0-9_]{0,62}`.
        role: the member of the scored event that names the entity, such as `account` or `card`.
        on: kinds of event it is computed for.
        type: type of the value.
        meaning: one sentence for people.
        privacy: what the value gives away.
        unit: unit of the value, empty for a plain number of things.
        version: raised with each change of meaning that keeps the name.
        window: how it is counted; or else
        made: how it follows from other features; or else
        function: the function of `signals.features` that finds it.
    """

    name: str
    role: str
    on: tuple[str, ...]
    type: Type
    meaning: str
    privacy: Privacy = Privacy.BEHAVIOUR
    unit: str = ""
    version: int = 1
    window: Window | None = None
    function: str = ""
    made: Made | None = None
    kinds: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"Not a feature name: {self.name}.")
        if [self.window is not None, self.made is not None, bool(self.function)].count(True) != 1:
            raise ValueError(f"{self.name}: give a window, what it is made of, or a function.")
        object.__setattr__(self, "kinds", frozenset(self.on))


@dataclass(frozen=True, slots=True)
class Family:
    """Window features of the same entity on the same events, which share their words."""

    role: str
    on: tuple[str, ...]
    of: tuple[str, ...]
    other: tuple[str, ...] = ()

    def count(
        self,
        name: str,
        window: timedelta,
        meaning: str,
        *,
        of: Sequence[str] = (),
        same: tuple[tuple[str, str], ...] = (),
        as_role: str = "",
    ) -> Feature:
        """Describe how many earlier facts there were."""
        spec = Window(tuple(of) or self.of, Aggregate.COUNT, window, same=same, other=self.other, as_role=as_role)
        return Feature(name, self.role, self.on, Type.INT, meaning, window=spec)

    def distinct(self, name: str, member: str, window: timedelta, meaning: str, *, of: Sequence[str] = ()) -> Feature:
        """Describe how many different entities stood in one member of the earlier facts."""
        spec = Window(tuple(of) or self.of, Aggregate.DISTINCT, window, distinct=member, other=self.other)
        return Feature(name, self.role, self.on, Type.INT, meaning, window=spec)

    def age(self, name: str, agg: Aggregate, window: timedelta, meaning: str, *, of: Sequence[str] = ()) -> Feature:
        """Describe how long ago the oldest or the newest of the earlier facts was."""
        spec = Window(tuple(of) or self.of, agg, window, other=self.other)
        return Feature(name, self.role, self.on, Type.DOUBLE, meaning, unit="seconds", window=spec)

    def amount(self, name: str, agg: Aggregate, window: timedelta, meaning: str, *, of: Sequence[str] = ()) -> Feature:
        """Describe a figure made of the amounts of the earlier facts."""
        whole = agg in (Aggregate.SUM, Aggregate.MIN, Aggregate.MAX)
        spec = Window(tuple(of) or self.of, agg, window, other=self.other)
        return Feature(
            name, self.role, self.on, Type.INT if whole else Type.DOUBLE, meaning, unit="minor units", window=spec
        )

    def ratio(self, name: str, first: str, second: str, meaning: str, *, share: float = 1.0) -> Feature:
        """Describe how many times its usual measure something is."""
        made = Made(Way.RATIO, (first, second), share)
        return Feature(name, self.role, self.on, Type.DOUBLE, meaning, unit="times", made=made)

    def deviations(self, name: str, first: str, average: str, spread: str, meaning: str) -> Feature:
        """Describe how far something lies above its average, in its own standard deviations."""
        made = Made(Way.DEVIATIONS, (first, average, spread))
        return Feature(name, self.role, self.on, Type.DOUBLE, meaning, unit="deviations", made=made)

    def none_before(self, name: str, of: Sequence[str], meaning: str) -> Feature:
        """Describe that something is seen for the first time."""
        return Feature(name, self.role, self.on, Type.BOOL, meaning, made=Made(Way.NONE_BEFORE, tuple(of)))
