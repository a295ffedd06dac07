"""What one may see of a case without opening it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.enums import CaseState
from cases.models import Case, Preset
from cases.queries.case_header import case_for
from cases.queries.rows import CaseRow, case_rows
from cases.queries.what import ReasonLine, reasons_of
from cases.services.list_decisions import safe_presets
from signals.services.rings import RING
from tscore.core.models import User

MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Peek:
    """The strongest reasons and the presets that may be applied from here.

    A drawn case shows no reasons until it is decided; it, a ring and a case somebody holds are not decided from here.
    """

    row: CaseRow
    queue_slug: str
    version: int
    reasons: list[ReasonLine]
    is_blind: bool
    presets: list[Preset]


def peek(*, user: User, ref: str, now: datetime) -> Peek:
    """Return what can be said of a case in a few lines, in a constant number of statements.

    Raises:
        Missing: no such case, or this person may not see its queue.
    """
    case = case_for(user, ref)
    is_blind = case.hides_findings
    [row] = case_rows([case], now=now)
    return Peek(
        row=row,
        queue_slug=case.queue.slug,
        version=case.version,
        reasons=[] if is_blind else reasons_of(case, limit=MOST_REASONS),
        is_blind=is_blind,
        presets=safe_presets(case.queue_id) if _may_decide(case, user) else [],
    )


def row_of(*, user: User, ref: str, now: datetime) -> tuple[CaseRow, int]:
    """Return the line of one case as it is now, and the id of its queue.

    Raises:
        Missing: no such case, or this person may not see its queue.
    """
    case = case_for(user, ref)
    return case_rows([case], now=now)[0], case.queue_id


def _may_decide(case: Case, user: User) -> bool:
    if case.is_blind or case.entity.kind == RING or case.state == CaseState.CLOSED:
        return False
    return case.state != CaseState.REVIEWING or case.claimed_by_id == user.pk
