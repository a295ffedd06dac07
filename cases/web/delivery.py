"""Where delivery to the marketplace stands, and the way to let it go on."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries.delivery import delivery as where_it_stands
from cases.services import enforcement
from tscore.core.http import HtmxRequest, page, see_other


def delivery(request: HtmxRequest) -> HttpResponse:
    """Show each endpoint, and what has not arrived."""
    now = timezone.now()
    return page(request, "cases/delivery.html", {"now": now, "found": where_it_stands(now=now)})


def resumption(request: HtmxRequest) -> HttpResponse:
    """Let delivery go on; sent twice, it goes on once."""
    enforcement.resume(actor=request.user, now=timezone.now())
    return see_other(request, "cases:delivery")
