"""Card numbers in free text: where they stand and how they are masked. Pure, linear in the length of the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Up to three joining characters may stand between two digits; invisible ones count, since they hide numbers.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_JOINERS = " \t\r\n._/\\-\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212" + _INVISIBLE
# Unambiguous (a digit is never a joiner), so the standard engine walks it in linear time.
_RUN = re.compile(r"\d(?:[" + re.escape(_JOINERS) + r"]{0,3}\d){12,}")

SHORTEST, LONGEST = 13, 19
_DIGITS = b"0123456789"
_LONG = (16, 17, 18, 19)

# Issuer ranges: (first, last, lengths). The number of digits in `first` says how many leading digits are compared.
ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (6011, 6011, _LONG),
    (644, 649, _LONG),
    (65, 65, _LONG),
    (300, 305, (14, *_LONG)),
    (3095, 3095, (14, *_LONG)),
    (36, 36, (14, *_LONG)),
    (38, 39, (14, *_LONG)),
    (3528, 3589, _LONG),
    (62, 62, _LONG),
    (2200, 2204, _LONG),
    (5018, 5018, tuple(range(13, 20))),
    (5020, 5020, tuple(range(13, 20))),
    (5038, 5038, tuple(range(13, 20))),
    (6304, 6304, tuple(range(13, 20))),
    (6759, 6763, tuple(range(13, 20))),
    (508, 508, (16,)),
    (81, 82, (16,)),
)


def _by_prefix() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for first, last, lengths in ISSUERS:
        for prefix in range(first, last + 1):
            table.setdefault(str(prefix), set()).update(lengths)
    return {prefix: frozenset(lengths) for prefix, lengths in table.items()}


_LENGTHS = _by_prefix()


@dataclass(frozen=True, slots=True)
class CardSpan:
    """One card number in a text: `text[start:end]` holds it with its separators, `digits` without."""

    start: int
    end: int
    digits: str


def passes_luhn(digits: str) -> bool:
    """Tell whether a string of ASCII digits ends in the right check digit."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    return _luhn_total([int(digit) for digit in digits]) % 10 == 0


def issuer_lengths(digits: str) -> frozenset[int]:
    """Give the lengths a number with these leading digits may have; empty when no issuer uses them."""
    found: frozenset[int] = frozenset()
    for size in (1, 2, 3, 4):
        found |= _LENGTHS.get(digits[:size], frozenset())
    return found


def luhn_spans(text: str) -> list[CardSpan]:
    """Find card numbers: 13-19 digits, separators allowed, check digit and issuer range right, never overlapping."""
    if text.isascii() and len(text) - len(text.encode().translate(None, _DIGITS)) < SHORTEST:
        return []
    spans: list[CardSpan] = []
    for run in _RUN.finditer(text):
        spans.extend(_spans_of_run(text, run.start(), run.end()))
    return spans


def contains_card(text: str) -> bool:
    """Tell whether a value holds a card number."""
    return bool(luhn_spans(text))


def mask_cards(text: str) -> tuple[str, bool]:
    """Replace all but the last four digits of every card number by `*`, keeping length and separators."""
    spans = luhn_spans(text)
    if not spans:
        return text, False
    characters = list(text)
    for span in spans:
        places = [place for place in range(span.start, span.end) if characters[place].isdecimal()]
        for place in places[:-4]:
            characters[place] = "*"
    return "".join(characters), True


def _spans_of_run(text: str, start: int, end: int) -> list[CardSpan]:
    """Try every window of whole digit groups in one run; prefix sums make each try constant time."""
    places = [place for place in range(start, end) if text[place].isdecimal()]
    digits = "".join(str(unicodedata.decimal(text[place])) for place in places)
    sums = _prefix_sums(digits)
    opens = [i for i in range(len(places)) if i == 0 or places[i] != places[i - 1] + 1]
    closes = {i + 1 for i in range(len(places)) if i + 1 == len(places) or places[i + 1] != places[i] + 1}
    spans: list[CardSpan] = []
    free = 0
    for first in opens:
        if first < free:
            continue
        for length in sorted(issuer_lengths(digits[first : first + 4]), reverse=True):
            last = first + length
            if last not in closes or not _window_passes(sums, first, last):
                continue
            if not _one_separator(text, places[first:last]):
                continue
            spans.append(CardSpan(places[first], places[last - 1] + 1, digits[first:last]))
            free = last
            break
    return spans


def _one_separator(text: str, places: list[int]) -> bool:
    """Tell whether the groups are joined alike, as people write cards; two phone numbers in a row are not."""
    seen = {
        "".join(c for c in text[left + 1 : right] if c not in _INVISIBLE)
        for left, right in pairwise(places)
        if right != left + 1
    }
    return len(seen - {""}) <= 1


def _double(digit: int) -> int:
    return digit * 2 - 9 if digit > 4 else digit * 2


def _luhn_total(digits: list[int]) -> int:
    return sum(_double(d) if place % 2 else d for place, d in enumerate(reversed(digits)))


def _prefix_sums(digits: str) -> tuple[list[int], list[int]]:
    """Sum the digits twice: once with the even places doubled, once with the odd ones."""
    values = [int(digit) for digit in digits]
    even = accumulate((_double(v) if i % 2 == 0 else v for i, v in enumerate(values)), initial=0)
    odd = accumulate((_double(v) if i % 2 else v for i, v in enumerate(values)), initial=0)
    return list(even), list(odd)


def _window_passes(sums: tuple[list[int], list[int]], first: int, last: int) -> bool:
    chosen = sums[last % 2]  # the last digit is never doubled, the one before it always is
    return (chosen[last] - chosen[first]) % 10 == 0
