"""Undo the ways in which people write an address so that a filter does not see it, and remember the places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from signals.features.lookalikes import fold

_PROVIDERS = "gmail|googlemail|yahoo|hotmail|outlook|icloud|protonmail|proton|live|aol|gmx|mail|yandex|web"
_SUFFIXES = "com|net|org|info|biz|co|uk|de|fr|io|me|us|ru|in|ca|au|eu|xyz|top|site|online|shop|club|app|example|test"
# Every pattern begins with a fixed bracket or word and has bounded gaps: linear.
_BRACKETED_AT = re.compile(r"[ \t]{0,3}[\[({<][ \t]{0,2}(?:at|@)[ \t]{0,2}[\])}>][ \t]{0,3}")
_BRACKETED_DOT = re.compile(r"[ \t]{0,3}[\[({<][ \t]{0,2}(?:dot|\.|punkt)[ \t]{0,2}[\])}>][ \t]{0,3}")
_SPOKEN_DOT = re.compile(rf"(?<=[a-z0-9])[ \t]{{1,3}}(?:dot|punkt)[ \t]{{1,3}}(?=(?:{_SUFFIXES}|www|{_PROVIDERS})\b)")
_SPOKEN_AT = re.compile(rf"(?<=[a-z0-9])[ \t]{{1,3}}(?:at|@)[ \t]{{1,3}}(?=(?:{_PROVIDERS})[ \t]{{0,2}}(?:\.|dot))")
_SPACED_DOT = re.compile(r"(?<=[a-z0-9])(?:[ \t]{1,2}\.[ \t]{0,2}|\.[ \t]{1,2})(?=(?:com|net|org)\b)")
_SPACED_SCHEME = re.compile(r"(?<=http)s?[ \t]{0,2}:[ \t]{0,2}/[ \t]{0,2}/[ \t]{0,2}")

_DIGITS = {
    "zero": "0", "oh": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_DIGIT_WORD = "|".join(_DIGITS)
_SPOKEN_DIGITS = re.compile(
    rf"\b(?:(?:double[ ]|triple[ ])?(?:{_DIGIT_WORD}|\d)[ ,.\-]{{0,3}}){{2,40}}(?:{_DIGIT_WORD}|\d)\b"
)
_DIGIT_PART = re.compile(rf"(double |triple )?({_DIGIT_WORD}|\d)")
_FEWEST_SPOKEN = 3  # words among the digits; "two 3 bedroom" is no telephone number
_HINT = re.compile(
    rf"[\[({{<] {{0,2}}(?:at\b|@|dot\b|\.|punkt)|\b(?:dot|punkt|at)\b|[ ][.:@]|[.:/][ ]|(?:{_DIGIT_WORD})"
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A rewritten text: character `i` stands for the original from `starts[i]` to `ends[i]`."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the range of the original behind `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def rewrite(text: str) -> Rewritten:
    """Fold a text and write spelled-out addresses and numbers the usual way."""
    folded = fold(text)
    now = Rewritten(folded.text, list(folded.offsets), [place + 1 for place in folded.offsets])
    if not _HINT.search(now.text):
        return now
    for pattern, replace in _RULES:
        now = _apply(now, pattern, replace)
    return now


def _spoken(found: re.Match[str]) -> str | None:
    """Give digit words as digits; None when there are too few words among them."""
    parts = [part.groups() for part in _DIGIT_PART.finditer(found.group())]
    if sum(word in _DIGITS for _, word in parts) < _FEWEST_SPOKEN:
        return None
    times = {"double ": 2, "triple ": 3}
    return "".join(_DIGITS.get(word, word) * times.get(times_word or "", 1) for times_word, word in parts)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_BRACKETED_AT, lambda _: "@"),
    (_BRACKETED_DOT, lambda _: "."),
    (_SPOKEN_AT, lambda _: "@"),
    (_SPOKEN_DOT, lambda _: "."),
    (_SPACED_DOT, lambda _: "."),
    (_SPACED_SCHEME, lambda found: ("s" if found.group().startswith("s") else "") + "://"),
    (_SPOKEN_DIGITS, _spoken),
)


def _apply(now: Rewritten, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str | None]) -> Rewritten:
    """Replace what a pattern finds; all new characters stand for the whole range that was replaced."""
    pieces: list[tuple[int, int, str]] = []
    for found in pattern.finditer(now.text):
        new = replace(found)
        if new is not None:
            pieces.append((found.start(), found.end(), new))
    return _replaced(now, pieces) if pieces else now


def _replaced(now: Rewritten, pieces: Iterable[tuple[int, int, str]]) -> Rewritten:
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, new in pieces:
        text += [now.text[done:start], new]
        starts += now.starts[done:start] + [now.starts[start]] * len(new)
        ends += now.ends[done:start] + [now.ends[end - 1]] * len(new)
        done = end
    text.append(now.text[done:])
    return Rewritten("".join(text), starts + now.starts[done:], ends + now.ends[done:])
