"""The review workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.web import workspace
from cases.web.toast import toast_of
from tscore.core.http import HtmxRequest, page


def case(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show one case: who, what happened, decide."""
    now = timezone.now()
    return page(request, "cases/case.html", {**workspace.context(request, ref, now=now), "toast": toast_of(request)})
