"""Ask detectors about a batch of events so that each answers for itself: its errors, its figures, its time.

Nothing here stops a call that runs: who took too long has answered, and is left out for the rest of the batch.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from signals.detectors.base import Detector, EventView, Finding, Reason
from signals.enums import Severity
from signals.features.batch import Scored
from signals.features.registry import FEATURES

MOST_MONEY: Final = 2**63 - 1
_SEVERITIES: Final = frozenset({"", *Severity.values})


class UnusableFinding(ValueError):
    """A detector answered with something that cannot be stored. Mend the detector."""


class OverBudget(RuntimeError):
    """A detector took more time than it may. Make it faster, or give it more time."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The seconds that one detector may take for one event, and for all events of a batch together."""

    event_s: float
    batch_s: float


@dataclass(slots=True)
class Panel:
    """The detectors of one batch: what they found, what went wrong, what each one has used.

    `faults` holds (detector, event id, error).
    """

    budget: Budget
    findings: list[tuple[Scored, Detector, Finding]] = field(default_factory=list)
    faults: list[tuple[str, int, Exception]] = field(default_factory=list)
    spent: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def ask(self, detectors: Iterable[Detector], view: EventView, event: Scored) -> None:
        """Ask each detector about an event; whatever one does, the others are asked too."""
        spent, left_out, clock = self.spent, self.left_out, time.perf_counter  # a hundred thousand turns a second
        before = clock()
        for detector in detectors:
            name = detector.name
            if name in left_out:
                left_out[name] += 1
                continue
            try:
                if (found := detector.find(view)) != ():
                    self.findings.extend([(event, detector, _checked(finding)) for finding in found])
            except Exception as error:
                self.faults.append((name, event.id, error))
            after = clock()
            used = after - before
            spent[name] = total = spent.get(name, 0.0) + used
            if used > self.budget.event_s or total > self.budget.batch_s:
                self._leave_out(name, event.id, used)
            before = after

    def problems(self) -> list[tuple[str, int, Exception]]:
        """Return what went wrong, one line a detector; how many events it missed says the one that was left out."""
        last = {name: (name, event_id, error) for name, event_id, error in self.faults}
        return [self._with_misses(*line) for line in last.values()]

    def _leave_out(self, name: str, event_id: int, used: float) -> None:
        self.left_out[name] = 0
        text = f"{used:.2f} s for this event, {self.spent[name]:.2f} s in this batch"
        self.faults.append((name, event_id, OverBudget(text)))

    def _with_misses(self, name: str, event_id: int, error: Exception) -> tuple[str, int, Exception]:
        if missed := self.left_out.get(name):
            error.add_note(f"{missed} more events of the batch go without it.")
        return name, event_id, error


def _checked(finding: Finding) -> Finding:
    """Return the finding, or raise where storing it would fail and cost the others theirs."""
    if not isinstance(finding, Finding) or not (_is_number(finding.score) and 0 <= finding.score <= 1):
        raise UnusableFinding(f"No finding with a score in [0, 1]: {finding!r:.200}")
    money = finding.money_minor
    if not (money is None or (type(money) is int and abs(money) <= MOST_MONEY)) or finding.severity not in _SEVERITIES:
        raise UnusableFinding(f"No amount or no severity: {money!r:.50}, {finding.severity!r:.50}")
    if not all(map(_is_plain, finding.reasons)):
        raise UnusableFinding(f"A reason holds what is neither text nor a number: {finding.reasons!r:.200}")
    if not all(name in FEATURES and FEATURES[name].window for name in finding.evidence):
        raise UnusableFinding(f"Evidence names what is no window: {finding.evidence!r:.200}")
    return finding


def _is_plain(reason: Reason) -> bool:
    texts = [part for part in (reason.code, reason.sentence, reason.value, reason.usual) if isinstance(part, str)]
    numbers = [part for part in (reason.value, reason.usual, reason.contribution) if not isinstance(part, str)]
    return not any("\0" in text for text in texts) and all(part is None or _is_number(part) for part in numbers)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
