"""Pages of refused items: the list, one item, and what can be done with it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from signals.enums import DeadLetterState
from signals.queries.dead_letters import DeadLetterRow, dead_letter_for, dead_letter_page
from signals.services import dead_letter_repair as repair
from tscore.core.http import HtmxRequest, page, see_other

_MOST_CHARACTERS = 64 * 1024


def dead_letters(request: HtmxRequest) -> HttpResponse:
    """Show one page of refused items, newest first."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "").strip()[:32]
    state = state if state in DeadLetterState.values else DeadLetterState.OPEN.value
    found = dead_letter_page(state=state, code=code, cursor=request.GET.get("after") or None)
    tabs = [
        {"url": f"?state={word}", "word": word, "count": found.counts.get(word, 0), "current": word == state}
        for word in DeadLetterState.values
    ]
    context = {"now": timezone.now(), "found": found, "tabs": tabs, "state": state, "code": code}
    return page(request, "signals/dead_letters.html", context)


def dead_letter(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show why one item was refused; its body stays closed until somebody asks for it."""
    return _shown(request, dead_letter_for(ref))


def body(request: HtmxRequest, ref: str) -> HttpResponse:
    """Open the body, which is written down."""
    row, now = dead_letter_for(ref), timezone.now()
    text = repair.read_body(dead_letter_id=row.pk, actor=request.user, now=now)
    return _shown(request, row, text=text, is_open=True)


def replay(request: HtmxRequest, ref: str) -> HttpResponse:
    """Send the item in again, repaired or as it was."""
    row, now, text = dead_letter_for(ref), timezone.now(), request.POST.get("body")
    if text is not None and len(text) > _MOST_CHARACTERS:
        text = text[: _MOST_CHARACTERS + 1]  # refused as too large by the intake itself
    try:
        repair.replay(dead_letter_id=row.pk, actor=request.user, body=text, now=now)
    except repair.StillRefused as problem:
        return _shown(request, row, text=text, is_open=text is not None, problem=problem, status=422)
    return see_other(request, "signals:dead_letter", row.ref)


def dismissal(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put the item aside."""
    row = dead_letter_for(ref)
    repair.dismiss(dead_letter_id=row.pk, actor=request.user, now=timezone.now())
    return see_other(request, "signals:dead_letters")


def _shown(
    request: HtmxRequest,
    row: DeadLetterRow,
    *,
    text: str | None = None,
    is_open: bool = False,
    problem: repair.StillRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"now": timezone.now(), "row": row, "text": text, "is_open": is_open, "problem": problem}
    return page(request, "signals/dead_letter.html", context, status=status)
