"""What a filter means in the database.

A queue may hold hundreds of thousands of open cases, so that no filter may read all of them for one page. Terms with
an index of their own (state, assignee, subject) bound what is read by themselves; every other term is asked of the
LOOKED most urgent cases only, and the page offers to look at the next so many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Value,
)
from django.db.models.lookups import LessThan

from cases.enums import CaseState
from cases.filter_text import STATES, WORD, Filter, Term, duration, severities
from cases.models import Note
from cases.queries.rows import RISK_SHARE
from signals.enums import Severity, Verdict
from signals.models import Label
from signals.services.rings import RING
from tscore.core import money
from tscore.core.models import User

LOOKED: Final = 10_000
RANK: Final = Func(
    F("severity"),
    template=f"array_position('{{{','.join(Severity.values)}}}'::text[], %(expressions)s::text)",
    output_field=IntegerField(),
)
_WAYS: Final = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_TURNED: Final = {">": "lt", ">=": "lte", "<": "gt", "<=": "gte"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`indexed` is found by an index; `rest` is asked of each case looked at, empty where nothing is left to ask."""

    indexed: Q
    rest: Q
    by_severity: bool


def condition(asked: Filter, *, user: User, now: datetime) -> Condition:
    """Return what a filter means for this person at this moment."""
    indexed, rest = Q(), Q()
    for term in asked.terms:
        wanted = _MEANINGS[term.name](term, user, now)
        if term.is_negated:
            rest &= ~wanted
        elif _has_index(term):
            indexed &= wanted
        else:
            rest &= wanted
    return Condition(indexed, rest, by_severity=asked.named("sort") is not None)


def _has_index(term: Term) -> bool:
    return term.name in ("state", "subject") or (term.name == "assignee" and "none" not in term.values)


def _severity(term: Term, user: User, now: datetime) -> Q:
    return Q(severity__in=severities(term))


def _state(term: Term, user: User, now: datetime) -> Q:
    states = {STATES[value] for value in term.values}
    if "" in states:
        return Q()
    return Q(state=states.pop()) if len(states) == 1 else Q(state__in=sorted(states))


def _is(term: Term, user: User, now: datetime) -> Q:
    runs = Q(wait_for="")
    meanings = {
        "late": runs & Q(due_at__lt=now),
        "risk": runs & Q(LessThan(_AT_RISK_FROM, Value(now, DateTimeField()))),
        "escalated": Q(escalated_at__isnull=False),
        "ring": Q(entity__kind=RING),
    }
    return _any(term, meanings.__getitem__)


_SHARE = ExpressionWrapper(
    ExpressionWrapper(F("due_at") - F("opened_at"), DurationField()) * Value(RISK_SHARE), DurationField()
)
_AT_RISK_FROM = ExpressionWrapper(F("due_at") - _SHARE, DateTimeField())


def _age(term: Term, user: User, now: datetime) -> Q:
    return Q(**{f"opened_at__{_TURNED[term.op]}": now - duration(term.values[0])})


def _due(term: Term, user: User, now: datetime) -> Q:
    return Q(wait_for="", **{f"due_at__{_WAYS[term.op]}": now + duration(term.values[0])})


def _stake(term: Term, user: User, now: datetime) -> Q:
    minor = int(term.values[0]) * 10 ** money.exponent(settings.BASE_CURRENCY)
    return Q(**{f"stake_minor__{_WAYS[term.op]}": minor})


def _label(term: Term, user: User, now: datetime) -> Q:
    stated = Label.objects.filter(entity=OuterRef("entity"), event=None, superseded_by=None).exclude(
        verdict=Verdict.WITHDRAWN
    )
    named = _any(term, lambda name: Q(label_class=name) | Q(label_class__startswith=f"{name}."))
    return Q(Exists(stated.filter(named)))


def _assignee(term: Term, user: User, now: datetime) -> Q:
    held = Q(state=CaseState.REVIEWING)

    def of(name: str) -> Q:
        if name == "none":
            return Q(claimed_by=None)
        return held & (Q(claimed_by=user) if name == "me" else Q(claimed_by__pseudonym=name))

    return _any(term, of)


def _subject(term: Term, user: User, now: datetime) -> Q:
    return Q(entity__ref__in=term.values)


def _kind(term: Term, user: User, now: datetime) -> Q:
    return Q(entity__kind__in=term.values)


def _has(term: Term, user: User, now: datetime) -> Q:
    return Q(Exists(Note.objects.filter(case=OuterRef("pk"))))


def _word(term: Term, user: User, now: datetime) -> Q:
    return Q(headline__icontains=term.values[0])


def _sort(term: Term, user: User, now: datetime) -> Q:
    return Q()


def _any(term: Term, meaning: Callable[[str], Q]) -> Q:
    found = meaning(term.values[0])
    for value in term.values[1:]:
        found |= meaning(value)
    return found


_MEANINGS: Final[dict[str, Callable[[Term, User, datetime], Q]]] = {
    "severity": _severity,
    "state": _state,
    "is": _is,
    "age": _age,
    "due": _due,
    "stake": _stake,
    "label": _label,
    "assignee": _assignee,
    "subject": _subject,
    "kind": _kind,
    "has": _has,
    WORD: _word,
    "sort": _sort,
}
