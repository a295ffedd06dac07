"""The facts of each abuse type that must be seen without a click: what the case brings at once, the rest after it.

`panel` is pure. `later` reads what needs the history of people and things, in one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from cases.queries.what import What
from cases.web.panels import listing, message, payment, takeover
from cases.web.panels.parts import NOT_KNOWN, Fact, Panel

__all__ = ["NOT_KNOWN", "Fact", "Panel", "later", "panel", "unread"]


class _Kind(NamedTuple):
    """How one abuse type is told; `names` are those of the facts that come later."""

    build: Callable[[What], Panel]
    later: Callable[[What], list[Fact]]
    names: Sequence[str]


_KINDS: Final = {
    "account_takeover": _Kind(takeover.build, takeover.later, takeover.LATER),
    "phishing": _Kind(message.build, message.later, message.LATER),
    "payment_fraud": _Kind(payment.build, payment.later, payment.LATER),
    "prohibited_item": _Kind(listing.build, listing.later, listing.LATER),
}


def panel(abuse_type: str, what: What) -> Panel | None:
    """Return the panel of an abuse type, or None where the type has none or nothing is known."""
    kind = _KINDS.get(abuse_type)
    if kind is None or not what.evidence:
        return None
    made = kind.build(what)
    made.later.extend(kind.names)
    return made


def unread(abuse_type: str) -> list[Fact]:
    """Return the announced facts where they could not be read."""
    kind = _KINDS.get(abuse_type)
    return [Fact(name, "cannot be read at the moment") for name in kind.names] if kind else []


def later(abuse_type: str, what: What) -> list[Fact]:
    """Return the facts whose names the panel announced, in their order; none where there is no panel."""
    kind = _KINDS.get(abuse_type)
    return kind.later(what) if kind and what.evidence else []
