"""Telephone numbers in free text: national, international, premium-rate and short codes, also spelled out."""

from __future__ import annotations

import re

import phonenumbers

from signals.features.cards import luhn_spans
from signals.features.contact import MOST_FOUND, Contact, overlaps
from signals.features.identifiers import normalise_phone
from signals.features.rewriting import Rewritten

# All repetitions are bounded: linear. A price, a decimal or a longer number before it makes it no number to call.
_CANDIDATE = re.compile(r"(?<![\d.,$£€#=])(?:\+|\(\+?|00)?\d(?:[ ().\-]{0,3}\d){6,16}(?!\d)")
_SHORT_CODE = re.compile(
    r"\b(?:text|txt|sms|send|reply|msg)\b[^.!?\n\d]{0,40}?\b(?:to|2|on|no|number)\b[ :.]{0,3}(?:no[ :.]{1,3})?"
    r"(\d{5,6})(?!\d)"
)
_LOCAL = re.compile(
    r"\b(?:call|text|txt|phone|ring|tel|cell|reach|contact|dial|number|me at)\b[^\d\n]{0,25}(\d{3}[ .\-]\d{4})(?!\d)"
)
# North America: three, three, four, area and exchange from 2 up.
_NANP = re.compile(r"(?:\+?1[ .\-]{0,2})?\(?[2-9]\d{2}\)?[ .\-]{0,3}[2-9]\d{2}[ .\-]{0,2}\d{4}(?!\d)")
_TEN_FROM_SIX = re.compile(r"(?:\+?91[ \-]{0,2})?[6-9]\d{4}[ \-]?\d{5}(?!\d)")
_TRUNK = re.compile(r"0[1-9]\d{8,9}")
_UK_SPECIAL = re.compile(r"0(?:9\d|87|84|80|70)\d{7,8}")
_PREMIUM = re.compile(r"(?:\+44|0)(?:9\d{8,9}|87\d{7,8}|84\d{7,8}|70\d{7,8})|(?:\+?1)?900\d{7}")


def phones(text: str, source: Rewritten, region: str | None, taken: list[Contact]) -> list[Contact]:
    """Find telephone numbers outside the places already taken by links; `region` reads national numbers as its own."""
    found: list[Contact] = []
    cards = [(card.start, card.end) for card in luhn_spans(source.text)]
    for start, end, value in _numbers(source.text, region):
        if any(left < end and start < right for left, right in cards):
            continue
        left, right = source.span(start, end)
        if overlaps(left, right, [*taken, *found]):
            continue
        matched = text[left:right]
        found.append(
            Contact(
                kind="phone",
                start=left,
                end=right,
                matched=matched,
                value=value,
                disguised=matched.lower() != source.text[start:end],
                premium=len(value) < 7 or bool(_PREMIUM.fullmatch(value)),
            )
        )
        if len(found) >= MOST_FOUND:
            break
    return sorted(found, key=lambda contact: contact.start)


def _numbers(text: str, region: str | None) -> list[tuple[int, int, str]]:
    """Give (start, end, value) of what reads as a telephone number."""
    found: list[tuple[int, int, str]] = []
    for match in _CANDIDATE.finditer(text):
        after_letter = match.start() > 0 and text[match.start() - 1].isalpha()
        number = _number(match.group(), region, after_letter=after_letter)
        if number:
            found.append((match.start(), match.start() + number[0], number[1]))
    for pattern in (_SHORT_CODE, _LOCAL):
        found += [(m.start(1), m.end(1), _digits(m.group(1))) for m in pattern.finditer(text)]
    return found


def _number(candidate: str, region: str | None, *, after_letter: bool) -> tuple[int, str] | None:
    """Read a run of digits as a telephone number: how much of it, and its value. None if it is something else."""
    digits = _digits(candidate)
    if candidate.lstrip("(").startswith("+") or digits.startswith("00"):
        return (len(candidate), normalise_phone(candidate)) if 9 <= len(digits) <= 17 else None
    special = _UK_SPECIAL.match(digits)
    if special:
        return _length_of(candidate, special.end()), _national(special.group(), region)
    if _TRUNK.fullmatch(digits):
        return len(candidate), _national(digits, region)
    if after_letter:
        return None  # an article number
    for shape in (_NANP, _TEN_FROM_SIX):
        match = shape.match(candidate)
        if match:
            return match.end(), _national(_digits(match.group()), region)
    return (len(candidate), normalise_phone(digits, region)) if region and _is_valid(digits, region) else None


def _national(digits: str, region: str | None) -> str:
    return normalise_phone(digits, region) if region else digits


def _is_valid(digits: str, region: str) -> bool:
    """Ask the full table, which is slow: only for what looks like no known shape."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region.upper()))
    except phonenumbers.NumberParseException:
        return False


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _length_of(candidate: str, digits: int) -> int:
    """Tell how many characters of a candidate hold its first digits."""
    seen = 0
    for place, character in enumerate(candidate):
        seen += character.isdigit()
        if seen == digits:
            return place + 1
    return len(candidate)
