"""See text the way a reader does: look-alike letters, hidden characters and spacing tricks undone, places remembered.

Pure and linear in the length of the text; no input raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from confusable_homoglyphs import confusables

# Blank-looking letters that Unicode does not call invisible, and the mark that ingest puts for NUL.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffd")
_HIDDEN = frozenset({"Mn", "Me", "Cc", "Cf", "Cs", "Co", "Cn"})
# Looks that the Unicode table misses, because it compares capitals or because it thinks of print, not of chats.
_OWN = {
    "в": "b", "г": "r", "д": "d", "з": "3", "и": "n", "к": "k", "м": "m", "н": "h", "п": "n", "т": "t", "я": "r",
    "β": "b", "ε": "e", "η": "n", "κ": "k", "μ": "m", "τ": "t", "ω": "w", "ρ": "p", "χ": "x", "ς": "s",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "¢": "c", "€": "e", "£": "l", "¥": "y",
    "’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "․": ".", "·": ".",
    "•": ".", "∙": ".", "。": ".", "⁄": "/",
}  # fmt: skip
# Letters in boxes and circles: (first code point of the 26).
_BOXES = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "+": "t"}
_ONE = "1|!"  # reads as l or as i: both readings exist
LEET_L = str.maketrans(_LEET | dict.fromkeys(_ONE, "l"))
LEET_I = str.maketrans(_LEET | dict.fromkeys(_ONE, "i"))

# Unambiguous patterns (neighbouring parts share no character), so the standard engine is linear on them.
_WORD = re.compile(r"[^\W_](?:[@$!|+\0]*[^\W_])*|[@$](?=[^\W\d_])[^\W_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_JOINED = re.compile(r"(?<=[^\W_])['’.\-_*~+]{1,2}(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A rewritten text; character `i` of `text` comes from place `offsets[i]` of the original."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the range of the original behind `text[start:end]`; an empty range stays empty."""
        if start >= end:
            place = self.offsets[start] if start < len(self.offsets) else (self.offsets[-1] + 1 if self.offsets else 0)
            return place, place
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Give the text in lower case with look-alike letters replaced and invisible characters gone.

    Words, digits, spaces and punctuation stay: this is the cheap form that most matching needs.
    """
    if text.isascii() and not _CONTROL.search(text):
        return Folded(text.lower(), range(len(text)))
    table = _table()
    folded = text.translate(table)
    if table.uneven.isdisjoint(text):
        return Folded(folded, range(len(text)))
    offsets = [place for place, character in enumerate(text) for _ in table[ord(character)]]
    return Folded(folded, offsets)


def unleet(word: str, *, one: str = "l") -> str:
    """Give a word with digits and signs read as letters: `c0ca1ne` reads `cocalne`, with `one="i"` `cocaine`."""
    return word.translate(LEET_I if one == "i" else LEET_L)


def skeleton(text: str) -> str:
    """Give the form under which texts that look or read alike are equal: a key to compare, not to show.

    `i`, `l` and `1` are one letter in it, so `paypai`, `paypa1` and `paypal` are equal.
    """
    folded = fold(text)
    return _deobfuscate(Folded(folded.text.replace("i", "l"), folded.offsets)).text


def deobfuscate(text: str) -> Folded:
    """Fold, read digits in words as letters, join spaced-out letters, drop punctuation, squeeze repeated letters.

    The result holds words of letters and digits with one space between.
    """
    return _deobfuscate(fold(text))


def _deobfuscate(folded: Folded) -> Folded:
    words = [_squeeze(_read(word)) for word in _words(folded.text)]
    joined = [_squeeze(_read(word)) for word in _join_singles(words)]
    places: list[int] = []
    characters: list[str] = []
    for word in joined:
        if characters:
            characters.append(" ")
            places.append(word[0][1])
        characters.extend(character for character, _ in word)
        places.extend(place for _, place in word)
    return Folded("".join(characters), [folded.offsets[place] for place in places])


_Word = list[tuple[str, int]]  # characters with their places


class _Table(dict[int, str]):
    """Code point → what it looks like, filled on demand; `uneven` holds the characters whose length changes."""

    # Bounded, since an attacker chooses which of a million code points we see.
    limit = 20_000

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        look = _look(chr(code))
        if len(look) != 1:
            self.uneven.add(chr(code))
        if len(self) < self.limit:
            self[code] = look
        return look


@cache
def _table() -> _Table:
    return _Table()


def _look(character: str) -> str:
    """Give the ASCII look of one character; nothing for what cannot be seen; else the character in lower case."""
    if character in "\t\n\r":
        return " "
    if character in _BLANK or unicodedata.category(character) in _HIDDEN:
        return ""
    if character.isspace():
        return " "
    plain = _plain(character)
    if plain.isascii():
        return plain
    return _OWN.get(plain) or _confusable(plain) or _confusable(character) or plain


def _plain(character: str) -> str:
    """Take marks, case, width and boxes off a character; keep it whole where that would not leave one letter."""
    for first in _BOXES:
        if first <= ord(character) < first + 26:
            return chr(ord("a") + ord(character) - first)
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    parts = "".join(c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) not in _HIDDEN)
    lowered = parts.casefold()
    return lowered if lowered and (len(lowered) == 1 or lowered.isascii()) else character.lower()[:1]


def _confusable(character: str) -> str | None:
    """Look a character up in Unicode's table; only an answer of one ASCII letter or digit counts."""
    for other in confusables.confusables_data.get(character, ()):
        look = str(other["c"])
        if len(look) == 1 and look.isascii() and look.isalnum():
            return look.lower()
    return None


def _words(text: str) -> list[_Word]:
    """Cut text into words; what joins letters without a space (`co-caine`, `c.o.c`) does not cut."""
    whole = _JOINED.sub(lambda found: "\0" * len(found.group()), text)
    # NUL cannot occur in folded text: it marks the dropped joiners and keeps the places right.
    pieces = _WORD.finditer(whole)
    return [[(c, piece.start() + i) for i, c in enumerate(piece.group()) if c != "\0"] for piece in pieces]


def _read(word: _Word) -> _Word:
    """Read digits and signs as letters where the word has at least as many letters."""
    letters = sum(character.isalpha() for character, _ in word)
    if letters == len(word) or letters * 2 < len(word):
        return word
    return [(unleet(character), place) for character, place in word]


def _squeeze(word: _Word) -> _Word:
    """Keep one of each run of the same letter; digits count, so they stay."""
    squeezed: _Word = []
    for character, run in groupby(word, key=lambda item: item[0]):
        items = list(run)
        squeezed.extend(items[:1] if character.isalpha() else items)
    return squeezed


def _join_singles(words: list[_Word]) -> list[_Word]:
    """Join three or more one-letter words in a row: `c o c a i n e`."""
    joined: list[_Word] = []
    for single, run in groupby(words, key=lambda word: len(word) == 1):
        items = list(run)
        letters = sum(word[0][0].isalpha() for word in items) if single else 0
        if len(items) >= 3 and letters * 2 >= len(items) and single:
            joined.append([pair for word in items for pair in word])
        else:
            joined.extend(items)
    return joined
