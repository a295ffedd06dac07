"""The look-up box. What is looked for may be personal, so it travels in a form and never stands in an address."""

from __future__ import annotations

from django.http import HttpResponse

from cases.queries import search as found_by
from tscore.core.http import HtmxRequest, page, see_other

LONGEST = 500


def search(request: HtmxRequest) -> HttpResponse:
    """Go to the one thing a text names, or list what it may mean."""
    text = request.POST.get("q", "").strip()[:LONGEST] if request.method == "POST" else ""
    if not text:
        return page(request, "cases/search.html", {"found": None})
    found = found_by.look_up(user=request.user, text=text)
    if len(found.cases) + len(found.entities) == 1:
        return _only(request, found)
    return page(request, "cases/search.html", {"found": found, "text": text})


def _only(request: HtmxRequest, found: found_by.Found) -> HttpResponse:
    if found.cases:
        return see_other(request, "cases:case", found.cases[0].ref)
    return see_other(request, "cases:entity", found.entities[0].kind, found.entities[0].ref)
