"""What spares a person: wishes, the limit of graphic work, a plain case in between, a pause that asks nothing.

Time spent is worked out from decisions, so that nothing more is stored about anybody and deciding costs no statement
more. Wishes are not audited: nobody shall read from the trail who wants to be spared what.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from cases.enums import CaseState, Veil, VeilCategory
from cases.models import Care, Case, Queue
from cases.services import leaving
from cases.services.spared import SPARED_SQL, SPENT_SQL
from tscore.core import db
from tscore.core.errors import Conflict, FieldProblem, Invalid, Missing
from tscore.core.models import User

ROW: Final = 3  # graphic cases one after the other before a plain one
_INSTEAD: Final = f"""
SELECT plain.id FROM cases_queue plain
 WHERE plain.id = ANY(%(queues)s) AND plain.veil_category = ''
   AND EXISTS (SELECT FROM cases_case c
                WHERE c.queue_id = plain.id AND c.state = 'queued' AND c.escalated_at IS NULL)
   AND (SELECT count(*) FILTER (WHERE category <> '') FROM (
          SELECT category FROM ({SPENT_SQL}) spent ORDER BY decided_at DESC LIMIT {ROW}) newest) = {ROW}
 ORDER BY plain.position LIMIT 1"""


class BadWish(Invalid):
    """Choose from what is offered; the limit lies between 5 and 480 minutes."""


def of(person: User) -> Care:
    """Return a person's wishes; without any, what the organisation chose."""
    return Care.objects.filter(person=person).first() or Care(person=person)


def veil(wishes: Care, category: str) -> str:
    """Return how a picture of a category is shown to this person at first; the plain ones are shown as they are."""
    chosen = wishes.veils.get(category or "plain", "")
    return chosen or (settings.VEIL_DEFAULT if category else Veil.OFF.value)


def wish(
    *, person: User, veils: dict[str, str], opted_out: Sequence[str], text_first: bool, limit_minutes: int
) -> Care:
    """Store a person's wishes; no reason is asked for.

    Raises:
        BadWish: a word or the limit is none that is offered.
    """
    known = {*VeilCategory.values, "plain"}
    fits = set(veils) <= known and set(veils.values()) <= {*Veil.values, ""} and set(opted_out) <= set(VeilCategory)
    if not fits or not 5 <= limit_minutes <= 480:
        raise BadWish(fields=[FieldProblem("limit_minutes", "invalid", "5 to 480 minutes")])
    wishes: dict[str, Any] = {
        "veils": {name: mode for name, mode in veils.items() if mode},
        "opted_out": sorted(set(opted_out)),
        "text_first": text_first,
        "limit_minutes": limit_minutes,
    }
    return Care.objects.update_or_create(person=person, defaults=wishes)[0]


def spared(*, person: User, queue: Queue, now: datetime) -> bool:
    """Tell whether this queue is not handed out to this person at the moment."""
    terms = {"actor": person.pk, "queue": queue.pk, "now": now}
    return bool(queue.veil_category) and bool(db.rows(f"SELECT {SPARED_SQL}", terms)[0][0])


def plain_queue(*, person: User, queues: Sequence[int], now: datetime) -> int | None:
    """Return a plain queue with work, where the last three cases of this person were graphic."""
    found = db.rows(_INSTEAD, {"actor": person.pk, "queues": list(queues), "now": now})
    return found[0][0] if found else None


def pause(*, person: User, now: datetime) -> int:
    """Give back every case the person holds, except those held on purpose; return how many. Nothing is asked."""
    held = Case.objects.filter(claimed_by=person, state=CaseState.REVIEWING, held_once=False)
    return sum(_given_back(case_id, person, now) for case_id in held.values_list("pk", flat=True))


def _given_back(case_id: int, person: User, now: datetime) -> bool:
    try:
        leaving.release(case_id=case_id, actor=person, now=now)
    except (Conflict, Missing):  # decided, handed over or lapsed in this moment
        return False
    return True
