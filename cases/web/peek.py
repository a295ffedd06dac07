"""Acting on one line of a list: looking closer, taking, giving back, deciding what harms nobody."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import reswap, retarget

from cases import permissions
from cases.enums import CaseState
from cases.queries import peek as peeks
from cases.services import claims, leaving, list_decisions
from cases.web import keys
from cases.web.lists import IS_LIST, shown_columns
from cases.web.refs import case_id_of
from cases.web.toast import toast_of_decision
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other

_ACT: Final = re.compile(r"(claim|release|preset)\.(C-\d{1,18})(?:\.(\d{1,9})\.(\d))?")


class UnknownAct(Invalid):
    """This is nothing that can be done from a list. Reload the page."""


def peek(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show the strongest reasons of a case, inside a list or as a page."""
    now = timezone.now()
    found = peeks.peek(user=request.user, ref=ref, now=now)
    context = {"now": now, "peek": found, "row": found.row, "form_key": keys.new(), "back": _back(request, found)}
    return (partial if is_partial(request) else page)(
        request, "cases/_peek.html" if is_partial(request) else "cases/peek.html", context
    )


def act(request: HtmxRequest) -> HttpResponse:
    """Take, give back or decide the case that the pressed button names, and show its line as it is then.

    A button says `claim` or `release` beside the `row`, or `preset.C-812.7.3` (version and key of the preset).
    """
    if request.method != "POST":
        return peek(request, request.GET.get("row", ""))
    read, now = _ACT.fullmatch(_said(request.POST)), timezone.now()
    if read is None:
        raise UnknownAct
    key = request.POST.get(keys.FIELD, "")
    answer = keys.once(request, now=now, run=lambda: _run(request, read, now), key=key and f"{key}:{read[0]}")
    decided = answer.get("decision", 0)
    if not is_partial(request):
        back = request.POST.get("back", "")
        address = back if IS_LIST.fullmatch(back) else reverse("cases:queues")
        asked = f"{'&' if '?' in address else '?'}decided={decided}" if decided else ""
        return see_other(request, f"{address}{asked}")
    row, queue_id = peeks.row_of(user=request.user, ref=read[2], now=now)
    context = {
        "now": now,
        "row": row,
        "form_key": keys.new(),
        "is_decided": row.state == CaseState.CLOSED,
        "toast": toast_of_decision(request.user, decided) if decided else None,
        "bulk_filter": "" if permissions.may_bulk(request.user, queue_id) else None,
        **shown_columns(request.user),
    }
    return reswap(
        retarget(partial(request, "cases/_row_answer.html", context), f'tr:has([href="/cases/{read[2]}/"])'),
        "outerHTML",
    )


def _said(sent: QueryDict) -> str:
    return ".".join(part for part in (sent.get("act", ""), sent.get("row", "")) if part)


def _run(request: HtmxRequest, read: re.Match[str], now: datetime) -> dict[str, Any]:
    case_id = case_id_of(read[2])
    if read[1] == "claim":
        claims.claim(case_id=case_id, actor=request.user, now=now)
        return {}
    if read[1] == "release":
        leaving.release(case_id=case_id, actor=request.user, now=now)
        return {}
    made = list_decisions.apply(
        case_id=case_id, actor=request.user, preset_key=int(read[4] or 0), seen_version=int(read[3] or 0), now=now
    )
    return {"decision": made.pk}


def _back(request: HtmxRequest, found: peeks.Peek) -> str:
    back = request.GET.get("back", "")
    return back if IS_LIST.fullmatch(back) else reverse("cases:queue", args=[found.queue_slug])
