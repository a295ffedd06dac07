"""The words people filter a list of cases with: `severity:>=medium -label:legit stake:>500`, read without a database.

Terms stand beside each other and all must hold; a comma means either, a minus in front means not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

from signals.enums import CLASS_VERDICT, Severity
from signals.kinds_members import ENTITY_KINDS

LONGEST: Final = 400
MOST_TERMS: Final = 12
WORD: Final = "word"
SEALED: Final = "~"
STATES: Final = {
    "open": "", "free": "queued", "queued": "queued", "review": "reviewing", "reviewing": "reviewing",
    "waiting": "waiting", "approval": "approval",
}  # fmt: skip
_LABELS: Final = sorted({*CLASS_VERDICT, *(name.partition(".")[0] for name in CLASS_VERDICT)} - {"withdrawn"})
# What a name takes: these words; or an amount of a measure.
CHOICES: Final[dict[str, Sequence[str]]] = {
    "severity": Severity.values,
    "state": list(STATES),
    "is": ["late", "risk", "escalated", "ring"],
    "has": ["note"],
    "label": _LABELS,
    "kind": ENTITY_KINDS,
    "sort": ["severity"],
}
MEASURES: Final = {"age": "30m, 2h or 3d", "due": "30m, 2h or 3d", "stake": "500"}
NAMES: Final = (*CHOICES, *MEASURES, "assignee", "subject")
_ORDERED: Final = ("severity", *MEASURES)
_TERM: Final = re.compile(r'(?P<no>-?)(?:(?P<name>[A-Za-z]+):(?P<op>>=|<=|>|<)?)?(?P<value>"[^"]*"?|[^\s"]*)')
_SPAN: Final = re.compile(r"(\d{1,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_AMOUNT: Final = re.compile(r"\d{1,9}")
_REF: Final = re.compile(r"en_[a-z0-9_-]{3,40}")
_PERSON: Final = re.compile(r"[^,@]{2,120}")
_NAMELESS: Final = re.compile(r"me|none|rv_[a-z0-9]{4,20}")


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it stands from `start` to `end` of the text; `op` is empty or one of > >= < <=."""

    name: str
    op: str
    values: tuple[str, ...]
    is_negated: bool
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What could not be read from `start` to `end`; `better` is the whole text with a good guess in its place."""

    start: int
    end: int
    words: str
    better: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A text with the terms that were understood and the mistakes; empty text means every open case."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    mistakes: tuple[Mistake, ...] = field(default=())

    def named(self, name: str) -> Term | None:
        """Return the first term of a name that is not negated."""
        return next((term for term in self.terms if term.name == name and not term.is_negated), None)

    def without(self, *names: str) -> str:
        """Return the text without the terms of these names."""
        return " ".join(term.text for term in self.terms if term.name not in names)

    def replaced(self, name: str, text: str) -> str:
        """Return the text with this term in place of those of the same name."""
        return f"{self.without(name)} {text}".strip()


def parse(text: str, *, longest: int = LONGEST) -> Filter:
    """Return what a text asks for; what is not understood becomes a mistake and no term."""
    text = " ".join(text.split())
    if len(text) > longest:
        return Filter(text[:longest], (), (Mistake(0, longest, f"At most {longest} characters can be read."),))
    terms: list[Term] = []
    mistakes: list[Mistake] = []
    for found in _TERM.finditer(text):
        if found[0]:
            read = _read(found, text)
            (mistakes if isinstance(read, Mistake) else terms).append(read)  # type: ignore[arg-type]
    for extra in terms[MOST_TERMS:]:
        mistakes.append(Mistake(extra.start, extra.end, f"At most {MOST_TERMS} terms can stand together."))
    return Filter(text, tuple(terms[:MOST_TERMS]), tuple(mistakes))


def duration(value: str) -> timedelta:
    """Return `30m`, `2h` or `3d` as a duration; the value was read by `parse`."""
    number, unit = _SPAN.fullmatch(value).groups()  # type: ignore[union-attr]
    return timedelta(**{_UNITS[unit]: int(number)})


def severities(term: Term) -> list[str]:
    """Return the severities a term of that name means."""
    rank = Severity.values.index
    if not term.op:
        return list(term.values)
    bound = rank(term.values[0])
    fits = {">": bound.__lt__, ">=": bound.__le__, "<": bound.__gt__, "<=": bound.__ge__}[term.op]
    return [word for word in Severity.values if fits(rank(word))]


def _read(found: re.Match[str], text: str) -> Term | Mistake:
    name, value = (found["name"] or "").lower(), found["value"].strip('"')
    if not found["name"]:
        return _word(found, value)
    if name not in NAMES:
        guess = get_close_matches(name, NAMES, 1)
        return _mistake(
            found, text, f"There is no “{name}:” to filter by.", f"{guess[0]}:" if guess else "", part="name"
        )
    values = tuple(value.lower().split(",")) if name != "subject" else tuple(value.split(","))
    problem = _problem(name, found["op"] or "", values)
    if problem is not None:
        return _mistake(found, text, *problem)
    return Term(name, found["op"] or "", values, bool(found["no"]), found.start(), found.end(), found[0])


def _word(found: re.Match[str], value: str) -> Term | Mistake:
    if len(value) < 2:
        return Mistake(found.start(), found.end(), "A word has at least two characters.")
    return Term(WORD, "", (value,), bool(found["no"]), found.start(), found.end(), found[0])


def _problem(name: str, op: str, values: tuple[str, ...]) -> tuple[str, str] | None:
    """Return what is wrong with a value, and a value that may have been meant."""
    if op and (name not in _ORDERED or len(values) > 1):
        return f"“{name}:” takes no {op} here.", ",".join(values)
    if name in MEASURES:
        return _measure_problem(name, op, values[0])
    if name == "assignee":
        return None if all(_PERSON.fullmatch(value) for value in values) else ("Say me, none or a colleague.", "me")
    if name == "subject":
        return None if all(values) else ("Say which subject: any id of it.", "")
    return _choice_problem(name, values)


def _measure_problem(name: str, op: str, value: str) -> tuple[str, str] | None:
    shape = _AMOUNT if name == "stake" else _SPAN
    if not shape.fullmatch(value):
        return f"“{name}:” takes an amount such as >{MEASURES[name].partition(',')[0]}.", ""
    return None if op else (f"Say whether “{name}:” is more or less.", f"{'<' if name == 'due' else '>'}{value}")


def _choice_problem(name: str, values: tuple[str, ...]) -> tuple[str, str] | None:
    wrong = next((value for value in values if value not in CHOICES[name]), None)
    if wrong is None:
        return None
    guess = get_close_matches(wrong, CHOICES[name], 1) or [
        word for word in CHOICES[name] if wrong and word.startswith(wrong)
    ]
    shown = ", ".join(CHOICES[name][:8])
    return f"“{name}:” takes {shown}{' …' if len(CHOICES[name]) > 8 else ''}.", guess[0] if guess else ""


def _mistake(found: re.Match[str], text: str, words: str, guess: str, *, part: str = "value") -> Mistake:
    if not guess:
        return Mistake(found.start(), found.end(), words)
    start = found.start("name") if part == "name" else found.end("name") + 1
    end = found.end("name") + 1 if part == "name" else found.end()
    op = "" if part == "name" or guess[0] in "<>" or "takes no" in words else found["op"] or ""
    return Mistake(found.start(), found.end(), words, text[:start] + op + guess + text[end:])


def may_stand_in_address(term: Term) -> bool:
    """Tell whether a term names nobody: words, ids and names of people are replaced before they reach an address."""
    if term.name == WORD:
        return term.values[0].startswith(SEALED)
    shape = {"subject": _REF, "assignee": _NAMELESS}.get(term.name)
    return shape is None or all(shape.fullmatch(value) for value in term.values)


def quoted(value: str) -> str:
    """Return a value as it is typed: in quotes where it holds a space."""
    return f'"{value}"' if " " in value else value
