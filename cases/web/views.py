"""Saved views: a filter with a name and an address of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.filter_text import Filter, parse
from cases.models import SavedView
from cases.queries import filter_addresses
from cases.queries.filter_addresses import LONGEST_ADDRESS, Asked
from cases.queries.views import queues_of_view
from cases.services import view_edits
from cases.web import keys, lists, view_work
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def view(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Show one page of what a view lets through."""
    found = view_edits.visible(view_id, request.user)
    address = request.GET.get("f", found.filter)
    return _view(request, found, filter_addresses.read(address))


def view_filter(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Look at the cases of a view through another filter, without changing the view."""
    found = view_edits.visible(view_id, request.user)
    typed, address = filter_addresses.write(request.POST.get("f", ""))
    base = reverse("cases:view", args=[view_id])
    if not typed.mistakes:
        return see_other(request, f"{base}{lists.link(address)}")
    if is_partial(request):
        return partial(request, "cases/_filter.html", lists.field(request, base=base, typed=typed), status=422)
    return _view(request, found, filter_addresses.read(request.POST.get("last", "")), typed=typed)


def news(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Say how many cases are newer than the list in front of somebody."""
    found = view_edits.visible(view_id, request.user)
    return lists.news(request, base=reverse("cases:view", args=[view_id]), queues=queues_of_view(found, request.user))


def chooser(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Show the terms and columns that can be chosen for a view."""
    view_edits.visible(view_id, request.user)
    return lists.chooser(request, base=reverse("cases:view", args=[view_id]))


def view_next(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Take the most urgent free case of a view; the cases after it come from there too."""
    found, now = view_edits.visible(view_id, request.user), timezone.now()
    ref = keys.once(request, now=now, run=lambda: {"case": view_work.claim_first(request, found, now)})["case"]
    if ref:
        view_work.begin(request, found)
        return see_other(request, "cases:case", ref)
    return see_other(request, reverse("cases:view", args=[view_id]) + "?drained=1")


def view_new(request: HtmxRequest) -> HttpResponse:
    """Keep the filter of a list under a name."""
    now, slug = timezone.now(), request.POST.get("queue", "")
    queue = permissions.visible_queue(request.user, slug) if slug else None

    def run() -> dict[str, Any]:
        saved = view_edits.save(actor=request.user, queue=queue, now=now, **_given(request))
        return {"view": saved.pk}

    return see_other(request, "cases:view", keys.once(request, now=now, run=run)["view"])


def view_change(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Rename a view, change its filter, share it or keep it to oneself."""
    now = timezone.now()

    def run() -> dict[str, Any]:
        view_edits.change(view_id=view_id, actor=request.user, now=now, **_given(request))
        return {}

    keys.once(request, now=now, run=run)
    return see_other(request, "cases:view", view_id)


def view_star(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Pin a view to one's home or take it from there; sent twice it stays as it is."""
    view_edits.star(view_id=view_id, actor=request.user, is_on=request.POST.get("on") == "1")
    return see_other(request, "cases:view", view_id)


def view_deletion(request: HtmxRequest, view_id: int) -> HttpResponse:
    """Delete a view and go to its queue."""
    now = timezone.now()

    def run() -> dict[str, Any]:
        found = view_edits.visible(view_id, request.user)
        back = reverse("cases:queue", args=[found.queue.slug]) if found.queue else reverse("cases:queues")
        view_edits.delete(view_id=view_id, actor=request.user, now=now)
        return {"back": back}

    return see_other(request, keys.once(request, now=now, run=run)["back"])


def _given(request: HtmxRequest) -> dict[str, Any]:
    """Return what a form says about a view; of its filter only what may stand in an address."""
    address = filter_addresses.read(request.POST.get("f", "")).address.text
    return {"name": request.POST.get("name", ""), "address": address, "is_shared": request.POST.get("shared") == "1"}


def _view(request: HtmxRequest, found: SavedView, asked: Asked, typed: Filter | None = None) -> HttpResponse:
    now, queues = timezone.now(), queues_of_view(found, request.user)
    base = reverse("cases:view", args=[found.pk])
    stored = parse(found.filter, longest=LONGEST_ADDRESS)
    cases = view_work.cases_of(request, found, asked, now)
    context = {
        "now": now,
        "view": found,
        "queue": queues[0] if found.queue_id and queues else None,
        "found": cases,
        "form_key": keys.new(),
        "is_starred": found.starred_by.filter(pk=request.user.pk).exists(),
        "may_change": view_edits.may_change(found, request.user),
        "is_changed": asked.address.text != stored.text,
        "drained": "drained" in request.GET,
        "empty": lists.no_match(asked.shown.text or "this view"),
        **lists.tools(request, base=base, asked=asked, typed=typed, tabs=False),
        **lists.body(
            request, base=base, asked=asked, rows=cases.rows, counts={}, now=now, may_bulk=_may_bulk(found, request)
        ),
    }
    return page(request, "cases/view.html", context, status=422 if typed else 200)


def _may_bulk(found: SavedView, request: HtmxRequest) -> bool:
    """Tell whether what is selected here may be decided alike: only within one queue."""
    return found.queue_id is not None and permissions.may_bulk(request.user, found.queue_id)
