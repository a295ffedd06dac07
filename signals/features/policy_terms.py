"""Find the words of a policy in a listing, also when they are disguised, and say which hits are allowed and why.

Pure and linear: one pass over the words of the folded text, dictionary look-ups only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from signals.features import term_index
from signals.features.lookalikes import Folded, fold
from signals.features.term_index import Index, Match, Words
from signals.features.terms import BULK, CALIBRE, COUNT, DOSE, Term
from signals.packs.prohibited_items_terms import TERMS

Member = Literal["title", "description"]

NEAR = 8  # how many words on each side count as near
BESIDE = 2  # how many count as just before and just after
HEADING = 20  # how many words of a title count as near to the whole description
MOST_HITS = 50  # a text that repeats one word ten thousand times needs no longer list

_UNITS = {
    **dict.fromkeys(["mg", "ug", "mcg", "g", "gr", "grs", "gs", "gm", "gms", "gram", "grams", "grammes"], DOSE),
    **dict.fromkeys(["oz", "ounce", "ounces", "lb", "lbs", "pound", "pounds", "kg", "kgs", "kilo", "kilos"], BULK),
    **dict.fromkeys(["x", "tab", "tabs", "tablet", "tablets", "pill", "pills", "caps", "capsules", "ct"], COUNT),
    **dict.fromkeys(["mm", "cal", "caliber", "calibre", "acp", "gauge"], CALIBRE),
}
_NUMBER_AND_UNIT = re.compile(r"(\d+)([a-z]+)")
_TIMES = re.compile(r"x\d+")
_LINK = re.compile(r"https?://\S+|www\.\S+")


@dataclass(frozen=True, slots=True)
class TermHit:
    """One policy term in one member of a listing.

    `matched` is the member's text from `start` to `end` as the seller wrote it; `evasion` = it was disguised;
    `excepted` = allowed here, and `exception` names the words or the category that make it so.
    """

    label_class: str
    term: str
    matched: str
    start: int
    end: int
    member: Member
    evasion: bool
    excepted: bool
    exception: str | None


def find_terms(title: str, description: str = "", category: str = "") -> list[TermHit]:
    """Find the policy terms of a listing in order of appearance; allowed hits are kept and marked."""
    heading = _read(title)
    hits = _hits("title", title, heading, [], category)
    if description:
        hits += _hits("description", description, _read(description), heading[1].words[:HEADING], category)
    return hits[:MOST_HITS]


def live_hits(hits: Sequence[TermHit]) -> list[TermHit]:
    """Keep the hits that no exception allows."""
    return [hit for hit in hits if not hit.excepted]


@cache
def _index() -> Index:
    return term_index.build(TERMS)


def _read(text: str) -> tuple[Folded, Words]:
    """Fold a text and cut it into words; what stands in a web address (`?hash=…`) is not offered for sale."""
    folded = fold(text)
    visible = folded.text
    if "://" in visible or "www." in visible:
        visible = _LINK.sub(lambda found: " " * len(found.group()), visible)
    return folded, term_index.read(_index(), visible)


def _hits(
    member: Member, text: str, source: tuple[Folded, Words], heading: Sequence[str], category: str
) -> list[TermHit]:
    folded, words = source
    hits: list[TermHit] = []
    free = 0
    for match in term_index.find(_index(), words):
        if match.first < free:
            continue
        near = _near(words.words, match, heading)
        if match.term.needs and match.term.needs.isdisjoint(near):
            continue
        start, end = folded.span(words.places[match.first][0], words.places[match.last - 1][1])
        exception = _exception(match, words.words, near, category)
        hits.append(
            TermHit(
                label_class=match.term.label_class,
                term=match.term.words,
                matched=text[start:end],
                start=start,
                end=end,
                member=member,
                evasion=not _is_as_written(match.term, text[start:end]),
                excepted=exception is not None,
                exception=exception,
            )
        )
        free = match.last
        if len(hits) >= MOST_HITS:
            break
    return hits


def _is_as_written(term: Term, matched: str) -> bool:
    """Tell whether a seller wrote the term as a dictionary has it: case, hyphens and plurals aside."""
    written = tuple(term_index.WORD.findall(matched.casefold()))
    return written in set(term_index.forms(term.words))


def _near(words: Sequence[str], match: Match, heading: Sequence[str]) -> set[str]:
    """Collect the words near a match, with a pseudo-word for each kind of quantity among them."""
    around = [*term_index.window(words, match.first, match.last, NEAR), *heading]
    return {*around, *_quantities(around)}


def _quantities(words: Sequence[str]) -> set[str]:
    kinds = set()
    for place, word in enumerate(words):
        glued = _NUMBER_AND_UNIT.fullmatch(word)
        if glued:
            kinds.add(_UNITS.get(glued[2], ""))
        elif word.isdigit() and place + 1 < len(words):
            kinds.add(_UNITS.get(words[place + 1], ""))
        elif _TIMES.fullmatch(word):
            kinds.add(COUNT)
    return kinds - {""}


def _exception(match: Match, words: Sequence[str], near: set[str], category: str) -> str | None:
    """Say what allows a hit, in the words that stand there; None if nothing does."""
    term, phrase = match.term, " ".join(words[match.first : match.last])
    if category in term.categories:
        return f"category {category}"
    for word in reversed(words[max(0, match.first - BESIDE) : match.first]):
        if word in term.before:
            return f"{word} {phrase}"
    for word in words[match.last : match.last + BESIDE]:
        if word in term.after:
            return f"{phrase} {word}"
    company = sorted(term.near & near)
    return f"{phrase} near {company[0]}" if company else None
