"""Who else has this case open, fresh to a few seconds, and whether it changed hands."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.queries import case_header
from cases.services import presence
from cases.web import keys
from tscore.core.http import HtmxRequest, partial, see_other


def look(request: HtmxRequest, ref: str) -> HttpResponse:
    """Say that I look at this case; draw who else does, and whose it is where that changed."""
    case, now = case_header.case_for(request.user, ref), timezone.now()
    others = presence.look(case_id=case.pk, actor=request.user)
    head = case_header.header(case=case, user=request.user, now=now)
    before = request.POST.get("state", "")
    context = {
        "head": head,
        "viewers": [other for other in others if not (head.lease.until and other.person_id == case.claimed_by_id)],
        "changed": head.lease.state != before or head.lease.is_ending,
        "was_mine": before == "mine" and head.lease.state != "mine",
        "is_free": before == "other" and head.lease.state == "free",
        "form_key": keys.new(),
        "case_url": reverse("cases:case", args=[ref]),
    }
    return partial(request, "cases/_presence_answer.html", context)


def wish(request: HtmxRequest, ref: str) -> HttpResponse:
    """Have me told when nobody holds this case any more."""
    case, now = case_header.case_for(request.user, ref), timezone.now()

    def run() -> dict[str, str]:
        presence.wish_free(case_id=case.pk, actor=request.user, now=now)
        return {}

    keys.once(request, now=now, run=run)
    return see_other(request, "cases:case", case.ref)
