"""When scores are in sight: a number sways whoever decides, so it stands on no page before it is asked for."""

from __future__ import annotations

from typing import Any, Final

from cases.enums import CaseState, ScoreDisplay
from cases.models import Case
from cases.queries import calibrations, case_header
from cases.queries.sight import Sight
from cases.services import catalogue
from cases.web import story
from tscore.core.errors import Missing

SHOWN, ON_REQUEST, LATER = "shown", "on_request", "later"
_OPEN: Final = {ScoreDisplay.ALWAYS: SHOWN, ScoreDisplay.ON_REQUEST: ON_REQUEST, ScoreDisplay.AFTER_DECISION: LATER}


def display(case: Case) -> str:
    """Return whether the scores of a case are shown, shown when asked for, or only later.

    A case drawn by chance shows none before it is decided, whatever its queue says.
    """
    setting = ScoreDisplay(catalogue.holding([case.queue_id]).queues[case.queue_id].score_display)
    if case.state == CaseState.CLOSED:
        return SHOWN if setting == ScoreDisplay.ALWAYS else ON_REQUEST
    return LATER if case.is_blind else _OPEN[setting]


def table(seen: Sight) -> dict[str, Any]:
    """Return the scores with what they have meant, and the terms of the rank."""
    meant = calibrations.meanings([signal.detector for signal in seen.what.signals])
    return {
        "scored": [(signal, meant.get(signal.detector)) for signal in seen.what.signals],
        "rank_terms": story.rank_sentence(case_header.terms(seen.case)),
    }


def asked(seen: Sight) -> dict[str, Any]:
    """Return the same for somebody who asks.

    Raises:
        Missing: the queue shows scores only after the decision, or the case was drawn by chance.
    """
    if display(seen.case) == LATER:
        raise Missing
    return table(seen)
