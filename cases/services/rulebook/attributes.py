"""What a routing rule may ask of a case: each attribute once, each operator once. Adding one touches this table.

An attribute's value is what `cases.services.routing_facts` reads under the same name: a word (or None where it is not
known), a number (or None), or a set of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from signals.enums import Lane, Severity
from signals.kinds_members import ENTITY_KINDS


class Shape(StrEnum):
    """What kind of value an attribute has."""

    WORD = "word"
    STEP = "step"  # a word of an ordered list
    NUMBER = "number"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing to ask: its label, its shape, its words where they are a closed list (in order, for steps)."""

    name: str
    label: str
    shape: Shape
    words: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to ask: its words in a sentence, and the shapes it fits. `many` takes a list parted by commas."""

    name: str
    label: str
    shapes: tuple[Shape, ...]
    many: bool = False


_YES_NO: Final = ("yes", "no")

ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    one.name: one
    for one in (
        Attribute("abuse_type", "abuse type", Shape.WORD),
        Attribute("severity", "severity", Shape.STEP, tuple(Severity.values)),
        Attribute("score", "highest score", Shape.NUMBER, hint="0 to 1"),
        Attribute("stake", "money at stake", Shape.NUMBER, hint="major units of the base currency"),
        Attribute("signals", "number of signals", Shape.NUMBER, hint="live ones"),
        Attribute("detector", "detectors", Shape.WORDS, hint="names of detectors"),
        Attribute("technique", "techniques", Shape.WORDS),
        Attribute("source", "sources of signals", Shape.WORDS, hint="who sent them; our own detectors are tscore"),
        Attribute("lane", "lane", Shape.WORD, tuple(Lane.values)),
        Attribute("subject_kind", "subject kind", Shape.WORD, tuple(ENTITY_KINDS)),
        Attribute("subject_state", "subject state", Shape.WORD, hint="as the marketplace last said, such as suspended"),
        Attribute("subject_age", "subject's age", Shape.NUMBER, hint="days from first seen to the case"),
        Attribute("subject_hub", "subject is a hub", Shape.WORD, _YES_NO),
        Attribute("country", "country", Shape.WORD, hint="two letters, of the newest evidence"),
        Attribute("repeat", "follows a closed case", Shape.WORD, _YES_NO),
    )
}

_ONE_WORD: Final = (Shape.WORD, Shape.STEP)
_ORDERED: Final = (Shape.STEP, Shape.NUMBER)

OPERATORS: Final[Mapping[str, Operator]] = {
    one.name: one
    for one in (
        Operator("is", "is", _ONE_WORD),
        Operator("is_not", "is not", _ONE_WORD),
        Operator("in", "is one of", _ONE_WORD, many=True),
        Operator("not_in", "is none of", _ONE_WORD, many=True),
        Operator("at_least", "at least", _ORDERED),
        Operator("at_most", "at most", _ORDERED),
        Operator("contains", "contain", (Shape.WORDS,)),
        Operator("lacks", "do not contain", (Shape.WORDS,)),
    )
}
