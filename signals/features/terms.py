"""The shape of a policy term: words that name something, what must stand near them, and what makes them harmless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NOTHING: frozenset[str] = frozenset()

# Pseudo-words that a matcher adds to the words near a hit.
DOSE = "#dose"  # 5g, 100 mg, 2 grams
BULK = "#bulk"  # 1oz, 2 lb, 1 kg
COUNT = "#count"  # x10, 10x, 30 tablets
CALIBRE = "#calibre"  # 9mm, .45 acp


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a policy.

    Attributes:
        words: lower-case words with one space between; plural forms and the form without spaces are implied.
        label_class: the label class that a hit suggests, such as `prohibited.drugs`.
        needs: if not empty, one of these words must stand near, or the term says nothing.
        before: a hit with one of these among the two words before it is allowed.
        after: a hit with one of these among the two words after it is allowed.
        near: a hit with one of these anywhere near is allowed.
        categories: a hit in a listing of one of these categories is allowed.
    """

    words: str
    label_class: str
    needs: frozenset[str] = NOTHING
    before: frozenset[str] = NOTHING
    after: frozenset[str] = NOTHING
    near: frozenset[str] = NOTHING
    categories: frozenset[str] = NOTHING


def words(text: str) -> frozenset[str]:
    """Read a set of words from text."""
    return frozenset(text.split())


def plain(label_class: str, block: str) -> Iterator[Term]:
    """Read terms that say enough by themselves, separated by commas."""
    for phrase in block.split(","):
        yield Term(" ".join(phrase.split()), label_class)


def term(
    phrase: str,
    label_class: str,
    *,
    needs: frozenset[str] = NOTHING,
    before: str = "",
    after: str = "",
    near: str = "",
    categories: str = "",
) -> Term:
    """Declare a term with conditions, its exceptions written as text."""
    return Term(phrase, label_class, needs, words(before), words(after), words(near), words(categories))
