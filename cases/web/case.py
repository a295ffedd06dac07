"""The review workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import case_header
from cases.web import keys, workspace
from cases.web.toast import toast_of
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def case(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show one case: who, what happened, decide."""
    now = timezone.now()
    return page(request, "cases/case.html", {**workspace.whole(request, ref, now=now), "toast": toast_of(request)})


def rest(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show what the answer to a decision leaves out, a moment after it."""
    if not is_partial(request):
        return see_other(request, "cases:case", ref)
    now, found = timezone.now(), case_header.case_for(request.user, ref)
    context = {
        "now": now,
        "form_key": keys.new(),
        "head": case_header.header(case=found, user=request.user, now=now),
        **workspace.rest(request, found),
    }
    return partial(request, "cases/_rest_answer.html", context)
