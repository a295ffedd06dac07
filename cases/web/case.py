"""The review workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import case_header, sight
from cases.services import recents
from cases.web import bulk, timeline, workspace
from cases.web import rest as rest_of
from cases.web import scores as shown
from cases.web.refs import case_id_of
from cases.web.toast import toast_of
from cases.web.zones import zone_of
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def case(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show one case: who, what happened, decide."""
    now = timezone.now()
    context = {
        **workspace.whole(request, ref, now=now),
        "toast": toast_of(request),
        "bulk": bulk.note_opening(request, ref),
    }
    recents.opened(user=request.user, kind="case", number=case_id_of(ref))
    return page(request, "cases/case.html", context)


def story(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show the time line with another filter; without scripts, on its page."""
    if not is_partial(request):
        return case(request, ref)
    now = timezone.now()
    seen = sight.see(case_id=case_id_of(ref), user=request.user)
    head = case_header.header(case=seen.case, user=request.user, now=now, subject=seen.subject)
    told = timeline.context(seen, zone=zone_of(request), chosen=request.GET.get("events", ""))
    return partial(request, "cases/_story.html", {"now": now, "head": head, **told})


def scores(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show the scores of the findings, their detectors and how the rank came about, where the queue lets it."""
    now, seen = timezone.now(), sight.see(case_id=case_id_of(ref), user=request.user)
    asked = shown.asked(seen)
    if not is_partial(request):
        context = {**workspace.whole(request, ref, now=now), **asked, "toast": toast_of(request)}
        return page(request, "cases/case.html", context)
    return partial(request, "cases/_scores.html", {"now": now, **asked})


def raw(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show the evidence field by field."""
    now = timezone.now()
    if not is_partial(request):
        context = {**workspace.whole(request, ref, now=now), "shows_raw": True, "toast": toast_of(request)}
        return page(request, "cases/case.html", context)
    seen = sight.see(case_id=case_id_of(ref), user=request.user)
    return partial(request, "cases/_raw.html", {"now": now, "raw": rest_of.raw(seen)})


def rest(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show what the answer to a decision leaves out, a moment after it."""
    if not is_partial(request):
        return see_other(request, "cases:case", ref)
    now, seen = timezone.now(), sight.see(case_id=case_id_of(ref), user=request.user)
    return partial(request, "cases/_rest_answer.html", workspace.later(request, seen, now=now))
