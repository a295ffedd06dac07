"""What a person was told: mentions, hand-overs, questions, results of jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import inbox as queries
from cases.services import inbox as services
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def inbox(request: HtmxRequest) -> HttpResponse:
    """Show what waits, or what was put away."""
    is_done = request.GET.get("done") == "1"
    found = queries.inbox_page(user=request.user, is_done=is_done, cursor=request.GET.get("after") or None)
    return page(request, "cases/inbox.html", {"now": timezone.now(), "found": found, "is_done": is_done})


def done(request: HtmxRequest, item_id: int) -> HttpResponse:
    """Put one item away or back; sending it again changes nothing, so it needs no key."""
    now, is_done = timezone.now(), request.POST.get("back") != "1"
    services.finish(item_id=item_id, person=request.user, is_done=is_done, now=now)
    if not is_partial(request):
        return see_other(request, "cases:inbox")
    row = queries.one(user=request.user, item_id=item_id)
    return partial(request, "cases/_inbox_row.html", {"now": now, "row": row})


def all_done(request: HtmxRequest) -> HttpResponse:
    """Put away everything up to the newest that was shown; what came since stays."""
    until = request.POST.get("until", "")
    if until.isascii() and until.isdigit() and len(until) < 19:
        services.finish_all(until=int(until), person=request.user, now=timezone.now())
    return see_other(request, "cases:inbox")
