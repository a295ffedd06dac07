"""One way to reach somebody outside the marketplace, as found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from signals.features.rewriting import Rewritten

Kind = Literal["link", "email", "phone", "handle"]

MOST_FOUND = 50  # of each kind; a longer list tells nobody more


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in a text.

    Attributes:
        matched: the original text from `start` to `end`.
        value: its usual form: host and path; address; E.164 or digits; `telegram:name`, or `telegram` without a name.
        host: the host of a link or an e-mail address, in ASCII form.
        disguised: it was not written in the usual way.
        premium: a telephone number that costs more than a call, or a short code.
    """

    kind: Kind
    start: int
    end: int
    matched: str
    value: str
    host: str = ""
    disguised: bool = False
    premium: bool = False


def written(text: str, source: Rewritten, start: int, end: int) -> tuple[int, int, str, bool]:
    """Give the original place, the best reading and whether it was disguised, for a range of the rewritten text.

    The reading is the original where that was not spelled out, since look-alike letters are part of a host's name.
    """
    left, right = source.span(start, end)
    matched, rewritten = text[left:right], source.text[start:end]
    if len(matched) == len(rewritten):
        return left, right, matched, matched.lower() != rewritten
    return left, right, rewritten, True


def overlaps(start: int, end: int, others: list[Contact]) -> bool:
    """Tell whether a range of the original meets one of the contacts."""
    return any(other.start < end and start < other.end for other in others)
