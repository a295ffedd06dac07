"""Look policy terms up in a text: whole, disguised (`c0ca1ne`, `c@nnabis`, `weeeed`) and cut apart (`co-caine`).

Pure. The work is one dictionary look-up a word; places are only computed for texts in which something was found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from signals.features.lookalikes import unleet
from signals.features.terms import Term

WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"[@$!|][^\W\d_]|[^\W\d_][@$]")
# The look-behind makes each word be tried once, from its start: linear.
_SIGNED = re.compile(r"(?<![^\W_])[^\W_]*(?:[@$!|][^\W_]+(?:[@$!|][^\W_]+)*[@$]?|[@$])")
_TRIPLES = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz")
_RUN = re.compile(r"([^\W\d_])\1+")

SHORTEST_DISGUISED = 4  # a three-letter word with a digit in it is a model number
SHORTEST_PUNCTUATED = 5  # `co-caine`
SHORTEST_SPACED = 7  # `coc aine`; shorter ones are ordinary English too (`hero in`)
MOST_PIECES_SPACED = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A term over the words `first` to `last` (exclusive) of a text."""

    first: int
    last: int
    term: Term


@dataclass(frozen=True)
class Words:
    """The words of a folded text; `places[i]` is where word `i` stands."""

    text: str
    words: list[str]

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        return [found.span() for found in WORD.finditer(self.text)]


@dataclass(frozen=True)
class Index:
    """Terms by their first word, and what is needed to recognise disguised words."""

    by_first: dict[str, list[tuple[tuple[str, ...], Term]]] = field(default_factory=dict)
    vocabulary: frozenset[str] = frozenset()
    stretched: dict[str, str] = field(default_factory=dict)
    joinable: dict[str, list[Term]] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


def build(terms: Iterable[Term]) -> Index:
    """Prepare terms for look-up, plural forms and forms without spaces included."""
    by_first: dict[str, list[tuple[tuple[str, ...], Term]]] = defaultdict(list)
    joinable: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        for words in forms(term.words):
            by_first[words[0]].append((words[1:], term))
            if len(words) == 1 and words[0].isalpha() and len(words[0]) >= SHORTEST_DISGUISED:
                joinable[words[0]].append(term)
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    vocabulary = {word for first, entries in by_first.items() for rest, _ in entries for word in (first, *rest)}
    prefixes = frozenset(word[:size] for word in joinable for size in range(1, len(word)))
    return Index(
        by_first=dict(by_first),
        vocabulary=frozenset(word for word in vocabulary if len(word) >= SHORTEST_DISGUISED and word.isalpha()),
        stretched={_RUN.sub(r"\1", word): word for word in sorted(vocabulary) if word.isalpha()},
        joinable=dict(joinable),
        prefixes=prefixes,
        starts=prefixes | by_first.keys(),
    )


def read(index: Index, folded: str) -> Words:
    """Cut a folded text into words, disguised policy words in their plain form."""
    text = folded
    if _SIGN.search(text):
        text = _SIGNED.sub(lambda found: _undisguised(index, found.group()), text)
    words = WORD.findall(text)
    for place, word in enumerate(words):
        if len(word) >= SHORTEST_DISGUISED and not word.isalpha() and not word.isdigit():
            words[place] = _undisguised(index, word)
    if _is_stretched(text):
        words = [_unstretched(index, word) for word in words]
    return Words(text, words)


def find(index: Index, text: Words) -> Iterator[Match]:
    """Find terms by first word, the longest first where several begin at one word."""
    words, starts = text.words, index.starts
    for first in [place for place, word in enumerate(words) if word in starts]:
        for rest, term in index.by_first.get(words[first], ()):
            last = first + 1 + len(rest)
            if not rest or tuple(words[first + 1 : last]) == rest:
                yield Match(first, last, term)
        if words[first] in index.prefixes:
            yield from _joined(index, text, first)


def _joined(index: Index, text: Words, first: int) -> list[Match]:
    """Put the following words together as long as they begin a term; the longest term comes first."""
    whole = text.words[first]
    matches: list[Match] = []
    for last in range(first + 1, len(text.words)):
        whole += text.words[last]
        if whole in index.joinable and _is_cut_apart(text, first, last + 1, len(whole)):
            matches[:0] = [Match(first, last + 1, term) for term in index.joinable[whole]]
        if whole not in index.prefixes:
            break
    return matches


def _is_cut_apart(text: Words, first: int, last: int, size: int) -> bool:
    """Tell whether words were pulled apart on purpose rather than standing beside each other by chance."""
    places = text.places[first:last]
    gaps = [text.text[left[1] : right[0]] for left, right in pairwise(places)]
    if any(len(gap) > 3 for gap in gaps):
        return False
    if all(len(word) == 1 for word in text.words[first:last]):
        return True
    if not any(character.isspace() for gap in gaps for character in gap):
        return size >= SHORTEST_PUNCTUATED
    return size >= SHORTEST_SPACED and len(places) <= MOST_PIECES_SPACED and not any(gap.strip() for gap in gaps)


def forms(words: str) -> Iterator[tuple[str, ...]]:
    """Give a term as words, with its plural, and without spaces where that is long enough to be no other word."""
    single = tuple(words.split())
    last = single[-1]
    plural = (*single[:-1], last + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s"))
    for form in (single, plural):
        yield form
        if len(form) > 1 and sum(map(len, form)) >= 6:
            yield ("".join(form),)


def _undisguised(index: Index, word: str) -> str:
    """Read digits and signs as letters where that gives a policy word; else leave the word alone."""
    for one in ("i", "l"):
        plain = unleet(word, one=one)
        if plain in index.vocabulary and sum(map(str.isalpha, word)) >= 2:
            return plain
    return word


def _unstretched(index: Index, word: str) -> str:
    """Read `weeeed` as `weed` where that gives a policy word."""
    if not _is_stretched(word):
        return word
    return index.stretched.get(_RUN.sub(r"\1", word), word)


def _is_stretched(text: str) -> bool:
    return any(triple in text for triple in _TRIPLES)


def window(words: Sequence[str], first: int, last: int, size: int) -> list[str]:
    """Give the words around a match, without the match itself."""
    return [*words[max(0, first - size) : first], *words[last : last + size]]
