"""Misbehaviour on request, so that the console's delivery can be tested against every way a target fails."""

import hashlib
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

MODES = ("ok", "500", "429", "slow", "drop", "late", "lose", "hang")
LONGEST_SECONDS = 60.0
USUAL_SECONDS = {"slow": 20.0, "hang": LONGEST_SECONDS}


class BadFault(ValueError):
    """Give mode (ok, 500, 429, slow, drop, late, lose or hang) and, if you like, share, seconds and seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes wrong, for which share of the attempts, for how long; `seed` fixes which attempts."""

    mode: str = "ok"
    share: float = 1.0
    seconds: float = 0.0
    seed: int = 0


class Faults:
    """The plan in force, and how often each action has been attempted since this process started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: Counter[str] = Counter()
        self.plan = Plan()

    def set(self, wish: Any) -> dict[str, Any]:
        """Put another plan in force and return it.

        Raises:
            BadFault: the wish is not a plan.
        """
        self.plan = _plan(wish)
        return asdict(self.plan)

    def choose(self, action: str) -> tuple[str, float]:
        """Return the mode and its seconds for the next attempt of this action: the same for the same seed."""
        plan = self.plan
        with self._lock:
            self._attempts[action] += 1
            attempt = self._attempts[action]
        if _draw(f"{plan.seed}/{action}/{attempt}") < plan.share:
            return plan.mode, plan.seconds
        return "ok", 0.0


def _plan(wish: Any) -> Plan:
    if not isinstance(wish, dict) or wish.keys() - {"mode", "share", "seconds", "seed"}:
        raise BadFault(BadFault.__doc__)
    mode = str(wish.get("mode"))
    if mode not in MODES:
        raise BadFault(BadFault.__doc__)
    share = _number(wish.get("share", 1.0), most=1.0, name="share")
    seconds = _number(wish.get("seconds", USUAL_SECONDS.get(mode, 0.0)), most=LONGEST_SECONDS, name="seconds")
    seed = wish.get("seed", 0)
    if not isinstance(seed, int):
        raise BadFault("seed is a whole number.")
    return Plan(mode=mode, share=share, seconds=seconds, seed=seed)


def _number(value: Any, *, most: float, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadFault(f"{name} is a number from 0 to {most:g}.")
    return float(value)


def _draw(text: str) -> float:
    """Return a number in [0, 1) that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") / 2**56
