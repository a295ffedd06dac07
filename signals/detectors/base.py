"""What every detector is: a named pure function from one scored event to findings. No rows, no clock, no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from signals.features.spec import Value

MOST_REASONS = 10
Plain = str | int | float | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One event as detectors see it: roles name entities by id, features are absent where nothing is known."""

    id: int
    kind: str
    occurred_at: datetime
    roles: dict[str, int]
    payload: dict[str, Any]
    features: dict[str, Value]
    texts: dict[str, str] = field(default_factory=dict)
    amount_base_minor: int | None = None

    def number(self, name: str) -> float | None:
        """Return a feature as a number, or None where it is absent."""
        value = self.features.get(name)
        return None if value is None or isinstance(value, str) else float(value)

    def at_least(self, name: str, least: float) -> bool:
        """Tell whether a feature is known and reaches a threshold."""
        value = self.features.get(name)
        return value is not None and not isinstance(value, str) and value >= least

    def is_zero(self, name: str) -> bool:
        """Tell whether a feature is known and nothing."""
        return self.number(name) == 0

    def first_role(self, *names: str) -> str | None:
        """Return the first of these members that names an entity here."""
        return next((name for name in names if name in self.roles), None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a detector spoke: one sentence with the value, what is usual, and the share of the score it stands for.

    Sentences hold figures and our own terms, never a personal value; `{token}` and `{event, member}` stand for those.
    """

    code: str
    sentence: str
    value: Plain
    usual: Plain = None
    contribution: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the reason as signals store it; base rates are known only once there are decisions."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "value": self.value,
            "usual": self.usual,
            "base_rate": None,
            "contribution": self.contribution,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector says about one entity.

    Attributes:
        role: the member of the event that names the entity.
        score: in [0, 1].
        reasons: one to ten, the strongest first.
        money_minor: at stake, in minor units of the base currency.
        techniques: MITRE ATT&CK or F3 technique ids.
        severity: empty for the default that follows from score and stake.
        evidence: window features whose facts are evidence too, beside the event itself.
    """

    role: str
    score: float
    reasons: tuple[Reason, ...]
    money_minor: int | None = None
    techniques: tuple[str, ...] = ()
    severity: str = ""
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError(f"A score lies in [0, 1]: {self.score}.")
        if not 1 <= len(self.reasons) <= MOST_REASONS:
            raise ValueError(f"Give 1 to {MOST_REASONS} reasons, not {len(self.reasons)}.")


class Detector(Protocol):
    """What scoring asks of a detector, be it a rule, a model or a service."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def abuse_type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def kinds(self) -> frozenset[str]: ...

    def find(self, view: EventView) -> Sequence[Finding]:
        """Return what this event shows; nothing is the usual answer."""
        ...


@dataclass(frozen=True, slots=True)
class PackRule:
    """A detector that is a function of a pack."""

    name: str
    version: str
    abuse_type: str
    title: str
    kinds: frozenset[str]
    function: Callable[[EventView], Finding | None]
    mode: str = "live"

    def find(self, view: EventView) -> Sequence[Finding]:
        """Apply the function."""
        finding = self.function(view)
        return () if finding is None else (finding,)


def weighed(*reasons: tuple[float, Reason]) -> tuple[Reason, ...]:
    """Put reasons in order of weight and state each one's share of all weights."""
    total = sum(weight for weight, _ in reasons) or 1.0
    ordered = sorted(reasons, key=lambda pair: -pair[0])[:MOST_REASONS]
    return tuple(
        Reason(reason.code, reason.sentence, reason.value, reason.usual, round(weight / total, 2))
        for weight, reason in ordered
    )
