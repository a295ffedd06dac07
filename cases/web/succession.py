"""The next case after a command on the one before: handed out once, however often the command is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases.models import Queue
from cases.services import claims
from cases.web import keys
from tscore.core.errors import Busy
from tscore.core.http import HtmxRequest


def next_ref(request: HtmxRequest, *, answer: dict[str, Any], queue: Queue, now: datetime) -> str:
    """Return which case follows, handing it out unless this command did so already; empty where nothing is left.

    A transaction apart from the command's own: nothing about the next case may take a decision back.
    """
    if "case" in answer:
        return str(answer["case"])

    def run() -> dict[str, Any]:
        case = claims.claim_next(queue=queue, actor=request.user, now=now)
        return {"case": case.ref if case else ""}

    try:
        return str(keys.add(request, run=run)["case"])
    except Busy:  # better no next case than a decision that seems not to have been made
        return str(keys.add(request, run=lambda: {"case": ""})["case"])
