"""What a person writes on a case, and what they have half written."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import case_header
from cases.services import drafts, notes
from cases.web import keys, records
from tscore.core.http import HtmxRequest, see_other


def note(request: HtmxRequest, ref: str) -> HttpResponse:
    """Add a note to a case."""
    case, now, text = case_header.case_for(request.user, ref), timezone.now(), request.POST.get("text", "")
    keys.once(
        request,
        now=now,
        run=lambda: {"note": notes.add(case_id=case.pk, actor=request.user, text=text, now=now).pk},
    )
    return see_other(request, "cases:case", case.ref)


def draft(request: HtmxRequest, ref: str) -> HttpResponse:
    """Keep what has been entered so far; sending it again only replaces it, so it needs no key."""
    case, now = case_header.case_for(request.user, ref), timezone.now()
    drafts.save(case_id=case.pk, actor=request.user, fields=records.kept(request.POST), now=now)
    return HttpResponse("Draft kept")
