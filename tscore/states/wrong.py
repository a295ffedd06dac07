"""What goes wrong, as people are told: one real problem for each status."""

from __future__ import annotations

from typing import Any, Final

from cases.permissions import LeadsOnly
from tscore.core.errors import Busy, Conflict, Fault, FieldProblem, Invalid, Missing, Problem, TooMany

PROBLEMS: Final[dict[int, tuple[type[Problem], dict[str, Any]]]] = {
    403: (LeadsOnly, {}),
    404: (Missing, {}),
    409: (Conflict, {}),
    422: (Invalid, {"fields": [FieldProblem("reason", "missing", "Choose a reason.")]}),
    429: (TooMany, {"retry_after_s": 30}),
    500: (Fault, {}),
    503: (Busy, {"retry_after_s": 5}),
}


def problems() -> list[Problem]:
    """Return one problem for each status."""
    return [kind(**given) for kind, given in PROBLEMS.values()]
