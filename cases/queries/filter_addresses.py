"""Filters on their way into an address and out of it: what may be personal never stands in one.

The field sends its text in a form. An id becomes the opaque reference of its entity, a colleague's name a pseudonym,
any other word a sealed token; the address holds the result, the field shows the words again.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from typing import Final

from cases.filter_text import SEALED, WORD, Filter, Mistake, Term, may_stand_in_address, parse, quoted
from signals.queries import find_entities
from tscore.core import crypto
from tscore.core.models import User

LONGEST_ADDRESS: Final = 1500
MOST_SUBJECTS: Final = 5
_CONTEXT: Final = "word of a filter"
_LIKE_AN_ID: Final = re.compile(r"@|\d{4}|_")


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as people read it (`shown`) and as it stands in an address."""

    shown: Filter = field(default_factory=Filter)
    address: Filter = field(default_factory=Filter)

    def __bool__(self) -> bool:
        return bool(self.shown.terms)


def read(address: str) -> Asked:
    """Return the filter of an address; terms that may not stand in one are left out and told as mistakes."""
    raw = parse(address, longest=LONGEST_ADDRESS)
    left_out = [Mistake(0, 0, f"{raw.text[one.start : one.end]} was left out. {one.words}") for one in raw.mistakes]
    kept, words = [], []
    for term in raw.terms:
        word = _typed(term)
        if word is None:
            left_out.append(Mistake(0, 0, "A word was left out: type it here, so that it stands in no address."))
        else:
            kept.append(term.text)
            words.append(word)
    shown = parse(" ".join(words))
    return Asked(Filter(shown.text, shown.terms, tuple(left_out)), parse(" ".join(kept), longest=LONGEST_ADDRESS))


def write(text: str) -> tuple[Filter, str]:
    """Return what was typed with its mistakes, and without mistakes how it stands in an address."""
    typed, parts, mistakes = parse(text), [], []
    for term in typed.terms:
        part = _addressed(term)
        if isinstance(part, Mistake):
            mistakes.append(part)
        else:
            parts.append(part)
    return Filter(typed.text, typed.terms, (*typed.mistakes, *mistakes)), " ".join(parts)


def _typed(term: Term) -> str | None:
    """Return a term of an address as it was typed, or None where it may not stand there."""
    if not may_stand_in_address(term):
        return None
    if term.name != WORD:
        return term.text
    token = term.values[0].removeprefix(SEALED)
    try:
        word = crypto.open_sealed(urlsafe_b64decode(token + "=" * (-len(token) % 4)), _CONTEXT)
    except (crypto.Unreadable, NotBase64, ValueError):
        return None
    return ("-" if term.is_negated else "") + quoted(word)


def _addressed(term: Term) -> str | Mistake:
    if may_stand_in_address(term) and term.name != WORD:
        return term.text
    no = "-" if term.is_negated else ""
    if term.name == "assignee":
        return _colleagues(term, no)
    refs = _references(term)
    if refs:
        return f"{no}subject:{','.join(refs[:MOST_SUBJECTS])}"
    if term.name == "subject":
        return Mistake(term.start, term.end, "Nothing is known by this id.")
    sealed = urlsafe_b64encode(crypto.seal(term.values[0], _CONTEXT)).decode().rstrip("=")
    return f"{no}{SEALED}{sealed}"


def _references(term: Term) -> list[str]:
    """Return the references of what a term names; of words, only those that look like an id are looked up."""
    named = [value for value in term.values if term.name == "subject" or _LIKE_AN_ID.search(value)]
    return [entity.ref for value in named for entity in find_entities(value)]


def _colleagues(term: Term, no: str) -> str | Mistake:
    known = ["me", "none"]
    names = [value for value in term.values if value not in known and not value.startswith("rv_")]
    found = {
        name: list(User.objects.filter(is_active=True, name__iexact=name).values_list("pseudonym", flat=True)[:2])
        for name in names
    }
    if any(len(people) != 1 for people in found.values()):
        return Mistake(term.start, term.end, "Nobody, or more than one person, has exactly this name.")
    return f"{no}assignee:{','.join(found[value][0] if value in found else value for value in term.values)}"
