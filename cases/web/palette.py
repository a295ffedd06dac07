"""The palette: what a text may mean, as rows of a list box. What is typed may be personal, so it comes in a form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from cases import permissions
from cases.queries import palette as offered
from cases.web.search import LONGEST, own_page
from tscore.core import navigation
from tscore.core.http import HtmxRequest, is_partial, partial, see_other


def palette(request: HtmxRequest) -> HttpResponse:
    """Return what a text names, and pages by their names; for no text what was opened last, and all pages."""
    if not is_partial(request):
        return see_other(request, "cases:search")
    text = request.POST.get("q", "").strip()[:LONGEST]
    context = {
        "text": text,
        "own": own_page(request, text) if text else "",
        "hits": offered.hits(user=request.user, text=text) if text else offered.recents(user=request.user),
        "pages": _pages(request, text.lower()),
    }
    return partial(request, "cases/_palette.html", context)


def _pages(request: HtmxRequest, words: str) -> list[dict[str, Any]]:
    """Return pages whose name, or a word of it, begins with the text; the whole name first."""
    queues = [{"label": queue.name, "url": f"/queues/{queue.slug}/", "key": ""} for queue in _queues(request)]
    found = [place for place in [*navigation.visible(request), *queues] if f" {words}" in f" {place['label']}".lower()]
    return sorted(found, key=lambda place: not place["label"].lower().startswith(words))


def _queues(request: HtmxRequest) -> list[Any]:
    return permissions.queues_of(request.user)
