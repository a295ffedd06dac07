"""Pages of refused items: the list by reason, one item, and what can be done with it."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from signals.enums import DeadLetterState, DismissReason
from signals.forms import LetterFilter
from signals.queries import dead_letters as reads
from signals.queries.dead_letters import DeadLetterRow, dead_letter_for
from signals.services import dead_letter_batches as batches
from signals.services import dead_letter_repair as repair
from signals.services.intake.answer import ItemAnswer
from tscore.core import ids
from tscore.core.http import HtmxRequest, page, see_other
from tscore.core.idempotency import once

_MOST_CHARACTERS = 64 * 1024


def dead_letters(request: HtmxRequest) -> HttpResponse:
    """Show refused items by reason, and one page of them, newest first."""
    state = request.GET.get("state", "")
    state = state if state in DeadLetterState.values else DeadLetterState.OPEN.value
    form = LetterFilter(request.GET, sources=reads.sources())
    wanted, asked = form.wanted(), form.asked()
    found = reads.dead_letter_page(state=state, wanted=wanted, cursor=request.GET.get("after") or None)
    tabs = [_tab(word, asked, found.counts, state) for word in DeadLetterState.values]
    jobs = reads.jobs()
    context = {
        "now": timezone.now(),
        "found": found,
        "tabs": tabs,
        "state": state,
        "form": form,
        "asked": asked,
        "groups": reads.groups() if state == DeadLetterState.OPEN else [],
        "jobs": jobs,
        "is_running": any(job.finished_at is None for job in jobs),
        "form_key": secrets.token_urlsafe(16),
    }
    return page(request, "signals/dead_letters.html", context)


def _tab(word: str, asked: dict[str, str], counts: dict[str, int], state: str) -> dict[str, Any]:
    address = f"?{urlencode(asked | {'state': word})}"
    return {"url": address, "word": word, "count": counts.get(word, 0), "current": word == state}


def replay_all(request: HtmxRequest) -> HttpResponse:
    """Ask for all that is open and fits to be sent in again, once for one press of the button."""
    now, form = timezone.now(), LetterFilter(request.POST, sources=reads.sources())
    wanted = form.wanted()

    def run() -> tuple[int, dict[str, Any]]:
        return 303, {"job": ids.row_ref("dr", batches.ask(wanted=wanted, actor=request.user, now=now).pk)}

    body = urlencode(sorted(form.asked().items())).encode()
    key = request.POST.get("form_key", "")[:64] or secrets.token_urlsafe(16)
    once(key=key, actor=f"user:{request.user.pk}", request=body, now=now, run=run)
    return see_other(request, "signals:dead_letters")


def dead_letter(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show why one item was refused; its body stays closed until somebody asks for it."""
    return _shown(request, dead_letter_for(ref))


def body(request: HtmxRequest, ref: str) -> HttpResponse:
    """Open the body, which is written down."""
    row, now = dead_letter_for(ref), timezone.now()
    text = repair.read_body(dead_letter_id=row.pk, actor=request.user, now=now)
    return _shown(request, row, text=text, is_open=True)


def trial(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show what would become of the repaired item; nothing is stored."""
    row, text = dead_letter_for(ref), _text(request) or ""
    line = repair.try_out(dead_letter_id=row.pk, body=text, now=timezone.now())
    return _shown(request, row, text=text, is_open=True, line=line)


def replay(request: HtmxRequest, ref: str) -> HttpResponse:
    """Send the item in again, repaired or as it was."""
    row, now, text = dead_letter_for(ref), timezone.now(), _text(request)
    try:
        repair.replay(dead_letter_id=row.pk, actor=request.user, body=text, now=now)
    except repair.StillRefused as problem:
        row = dead_letter_for(ref)
        return _shown(request, row, text=text, is_open=text is not None, problem=problem, status=422)
    return see_other(request, "signals:dead_letter", row.ref)


def dismissal(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put the item aside, with a reason."""
    row, reason = dead_letter_for(ref), request.POST.get("reason", "")
    repair.dismiss(dead_letter_id=row.pk, reason=reason, actor=request.user, now=timezone.now())
    return see_other(request, "signals:dead_letters")


def _text(request: HtmxRequest) -> str | None:
    """Return the repaired body; a longer one than may be is refused as too large by the intake itself."""
    text = request.POST.get("body")
    return text[: _MOST_CHARACTERS + 1] if text is not None else None


def _shown(
    request: HtmxRequest,
    row: DeadLetterRow,
    *,
    text: str | None = None,
    is_open: bool = False,
    line: ItemAnswer | None = None,
    problem: repair.StillRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "now": timezone.now(),
        "row": row,
        "text": text,
        "is_open": is_open,
        "line": line,
        "problem": problem,
        "reasons": DismissReason.choices,
    }
    return page(request, "signals/dead_letter.html", context, status=status)
