"""The search box. What is looked for may be personal, so it travels in a form and never stands in an address."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from cases.queries import search as named
from cases.queries import search_found as found_by
from tscore.core.http import HtmxRequest, page, see_other

LONGEST = 500


def search(request: HtmxRequest) -> HttpResponse:
    """Go to the one thing a text names, or list what it may mean, or what holds its words."""
    text = request.POST.get("q", "").strip()[:LONGEST] if request.method == "POST" else ""
    if not text:
        return page(request, "cases/search.html", {"found": None})
    if own := own_page(request, text):
        return HttpResponseRedirect(own, status=303)
    found = named.look_up(user=request.user, text=text)
    if "wide" not in request.POST:
        if len(found.cases) + len(found.entities) == 1:
            return _only(request, found)
        if found.cases or found.entities:
            return page(request, "cases/search.html", {"found": found, "text": text})
    results = found_by.search(user=request.user, text=text)
    return page(request, "cases/search.html", {"found": found, "results": results, "text": text})


def own_page(request: HtmxRequest, text: str) -> str:
    """Return the path of a page of this console that a pasted address names, or an empty text."""
    try:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or parts.netloc != request.get_host():
            return ""
        resolve(parts.path)
    except (ValueError, Resolver404):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _only(request: HtmxRequest, found: named.Found) -> HttpResponse:
    if found.cases:
        return see_other(request, "cases:case", found.cases[0].ref)
    return see_other(request, "cases:entity", found.entities[0].kind, found.entities[0].ref)
