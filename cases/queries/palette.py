"""What the palette offers: what a text names, and what the person opened last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from cases import permissions
from cases.models import Case, Recent
from cases.queries.names import EntityName, names_of
from cases.queries.search import look_up
from signals.models import Entity
from tscore.core import groups
from tscore.core.models import User

# Who may read personal values, as on the pages these rows lead to.
READERS = ("reviewer", "lead", "analyst")
MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One row: a case (`ref` C-812, `text` its kind of abuse) or an entity (`text` written by strangers)."""

    kind: str
    ref: str
    text: str


def hits(*, user: User, text: str) -> list[Hit]:
    """Return at most eight things a text names exactly, of those the person may see; entities before their cases."""
    if not groups.is_in(user, *READERS):
        return []
    found = look_up(user=user, text=text)
    cases = [Hit("case", case.ref, case.abuse_name) for case in found.cases]
    return [*_entities(found.entities), *cases][:MOST]


def recents(*, user: User) -> list[Hit]:
    """Return what the person opened last and may still see, newest first, in at most four statements."""
    things = Recent.objects.filter(pk=user.pk).values_list("things", flat=True).first() or []
    known = {**_cases(user, _numbers(things, "case")), **_names(user, _numbers(things, "entity"))}
    return [known[thing] for thing in things if thing in known][:MOST]


def _numbers(things: Iterable[str], kind: str) -> list[int]:
    return [int(number) for name, _, number in (thing.partition(":") for thing in things) if name == kind]


def _cases(user: User, numbers: list[int]) -> dict[str, Hit]:
    rows = Case.objects.filter(pk__in=numbers).annotate(abuse=F("abuse_type__name"))
    return {f"case:{case.pk}": Hit("case", case.ref, case.abuse) for case in rows if _may_see(user, case)}


def _may_see(user: User, case: Case) -> bool:
    return permissions.may_review(user, case.queue_id)


def _names(user: User, numbers: list[int]) -> dict[str, Hit]:
    if not numbers or not groups.is_in(user, *READERS):
        return {}
    names = names_of(Entity.objects.filter(pk__in=numbers))
    return {f"entity:{pk}": hit for pk, hit in zip(names, _entities(names.values()), strict=True)}


def _entities(names: Iterable[EntityName]) -> list[Hit]:
    return [Hit(name.kind, name.ref, name.text) for name in names]
