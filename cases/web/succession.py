"""The next case after a command on the one before: handed out once, however often the command is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases import permissions
from cases.models import Queue
from cases.services import care, catalogue, claims
from cases.web import keys, view_work
from tscore.core.errors import Busy
from tscore.core.http import HtmxRequest

BACK = "back_to_queue"


def next_ref(request: HtmxRequest, *, answer: dict[str, Any], queue: Queue, now: datetime) -> str:
    """Return which case follows, handing it out unless this command did so already; empty where nothing is left.

    A transaction apart from the command's own: nothing about the next case may take a decision back.
    """
    if "case" in answer:
        return str(answer["case"])

    own = _spared(request, queue, now)

    def run() -> dict[str, Any]:
        of_view = "" if request.session.get(BACK) else view_work.next_ref(request, now)
        case = None if of_view else claims.claim_next(queue=own, actor=request.user, now=now)
        return {"case": case.ref if case else of_view}

    try:
        return str(keys.add(request, run=run)["case"])
    except Busy:  # better no next case than a decision that seems not to have been made
        return str(keys.add(request, run=lambda: {"case": ""})["case"])


def _spared(request: HtmxRequest, queue: Queue, now: datetime) -> Queue:
    """Return a plain queue after three graphic cases in a row, and the person's own queue again after that one."""
    known, back = catalogue.current().queues, request.session.pop(BACK, None)
    if back in known and permissions.may_review(request.user, back):
        return known[back]
    if not queue.veil_category:
        return queue
    mine = [one.pk for one in permissions.queues_of(request.user)]
    instead = care.plain_queue(person=request.user, queues=mine, now=now)
    if instead is None:
        return queue
    request.session[BACK] = queue.pk
    return known[instead]
