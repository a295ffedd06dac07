"""What a person writes on a case, and what they have half written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases import permissions
from cases.models import Case, Note
from cases.queries import case_header
from cases.services import drafts, note_edits, notes
from cases.services.notes import BadNote
from cases.web import keys, records, workspace
from tscore.core.http import HtmxRequest, page, see_other


def note(request: HtmxRequest, ref: str) -> HttpResponse:
    """Add a note to a case; tell whom it calls, and the leads where they are asked."""
    case, now, text = case_header.case_for(request.user, ref), timezone.now(), request.POST.get("text", "")
    text, asks = _with_call(request, case, text), request.POST.get("ask") == "lead"
    return _stored(
        request,
        case,
        text,
        lambda: notes.add(case_id=case.pk, actor=request.user, text=text, asks_lead=asks, now=now),
    )


def edit(request: HtmxRequest, ref: str, note_id: int) -> HttpResponse:
    """Change what a note of one's own says."""
    case, now, text = case_header.case_for(request.user, ref), timezone.now(), request.POST.get("text", "")
    return _stored(
        request,
        case,
        text,
        lambda: note_edits.edit(case_id=case.pk, note_id=note_id, actor=request.user, text=text, now=now),
        note_id=note_id,
    )


def pin(request: HtmxRequest, ref: str, note_id: int) -> HttpResponse:
    """Show a note on every case of its subject, or no longer; sending it again changes nothing."""
    case, pinned = case_header.case_for(request.user, ref), request.POST.get("pinned") == "1"
    note_edits.pin(case_id=case.pk, note_id=note_id, actor=request.user, pinned=pinned, now=timezone.now())
    return see_other(request, "cases:case", case.ref)


def draft(request: HtmxRequest, ref: str) -> HttpResponse:
    """Keep what has been entered so far; sending it again only replaces it, so it needs no key."""
    case, now = case_header.case_for(request.user, ref), timezone.now()
    drafts.save(case_id=case.pk, actor=request.user, fields=records.kept(request.POST), now=now)
    return HttpResponse("Draft kept")


def _with_call(request: HtmxRequest, case: Case, text: str) -> str:
    """Return the text with the person chosen from the list called at its end, as if it had been typed."""
    chosen = request.POST.get("tell", "")
    names = {str(pk): name for pk, name in permissions.reviewers_of(case.queue_id)} if chosen else {}
    return f"{text.rstrip()} @{names[chosen]}" if text.strip() and chosen in names else text


def _stored(
    request: HtmxRequest, case: Case, text: str, write: Callable[[], Note], *, note_id: int = 0
) -> HttpResponse:
    """Write once and show the case; a text that is refused comes back with why, so that nobody types it again."""
    now = timezone.now()
    try:
        keys.once(request, now=now, run=lambda: {"note": write().pk})
    except BadNote as problem:
        refused: dict[str, Any] = {"id": note_id, "text": text, "error": problem.detail}
        return page(
            request, "cases/case.html", {**workspace.whole(request, case.ref, now=now), "refused": refused}, status=422
        )
    return see_other(request, "cases:case", case.ref)
