"""Where cases wait, and taking the next one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.filter_text import Filter, parse
from cases.models import Case
from cases.queries import filter_addresses, queues
from cases.queries.bulk import queues_for
from cases.queries.filter_addresses import Asked
from cases.queries.filters import LOOKED
from cases.queries.views import views_of_queue
from cases.services import care, claims
from cases.web import keys, lists, view_work
from cases.web.toast import toast_of
from tscore.core import access, breaks, people
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def queue_list(request: HtmxRequest) -> HttpResponse:
    """Show the queues this person may open."""
    now = timezone.now()
    context = {
        "now": now,
        "cards": queues.queue_cards(user=request.user, now=now),
        "may_open": access.may(request.user, "cases:case_new"),
        "may_bulk": bool(queues_for(request.user)),
        "form_key": keys.new(),
    }
    return page(request, "cases/queues.html", context)


def queue(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show one page of a queue in the order in which cases are handed out."""
    return _queue(request, slug, filter_addresses.read(_address(request)))


def queue_filter(request: HtmxRequest, slug: str) -> HttpResponse:
    """Go to what was typed; where it cannot be read, say why and keep what was shown."""
    queue = permissions.visible_queue(request.user, slug)
    typed, address = filter_addresses.write(request.POST.get("f", ""))
    if not typed.mistakes:
        return see_other(request, reverse("cases:queue", args=[queue.slug]) + lists.link(address))
    if is_partial(request):
        return partial(request, "cases/_filter.html", lists.field(request, base=_base(slug), typed=typed), status=422)
    return _queue(request, slug, filter_addresses.read(request.POST.get("last", "")), typed=typed)


def news(request: HtmxRequest, slug: str) -> HttpResponse:
    """Say how many cases are newer than the list in front of somebody, and what its tabs and its head count now."""
    queue, now, counts = permissions.visible_queue(request.user, slug), timezone.now(), {}
    if "counts" in request.GET:
        card = queues.queue_card(user=request.user, queue=queue, now=now)
        counts = {"sums": card, "views": views_of_queue(user=request.user, queue=queue, now=now)}
    return lists.news(request, base=_base(slug), queues=[queue], counts=counts)


def chooser(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show the terms and columns that can be chosen for a queue."""
    permissions.visible_queue(request.user, slug)
    return lists.chooser(request, base=_base(slug))


def columns(request: HtmxRequest) -> HttpResponse:
    """Remember which columns a person wants, and go back to the list; sent twice it stays as it is."""
    shown = request.POST.getlist("column")
    people.hide_columns(request.user, [name for name in lists.COLUMNS if name not in shown])
    back = request.POST.get("back", "")
    return see_other(request, back if lists.IS_LIST.fullmatch(back) else reverse("cases:queues"))


def _queue(request: HtmxRequest, slug: str, asked: Asked, typed: Filter | None = None) -> HttpResponse:
    now = timezone.now()
    cursor = request.GET.get("after") or None
    found = queues.queue_page(user=request.user, slug=slug, now=now, cursor=cursor, asked=asked.shown)
    context = {
        "now": now,
        "found": found,
        "form_key": keys.new(),
        **lists.tools(request, base=_base(slug), asked=asked, typed=typed, counts=found.severity_counts),
        **lists.body(
            request,
            base=_base(slug),
            asked=asked,
            rows=found.rows,
            counts=found.severity_counts,
            now=now,
            may_bulk=permissions.may_bulk(request.user, found.queue.pk),
        ),
        "views": views_of_queue(user=request.user, queue=found.queue, now=now),
        "drained": "drained" in request.GET,
        "spared": "drained" in request.GET and care.spared(person=request.user, queue=found.queue, now=now),
        "empty": _empty(found, asked) if not found.rows else None,
        "toast": toast_of(request),
    }
    return page(request, "cases/queue.html", context, status=422 if typed else 200)


def next_case(request: HtmxRequest, slug: str) -> HttpResponse:
    """Hand out the most urgent case of a queue."""
    found, now = permissions.visible_queue(request.user, slug), timezone.now()

    def run() -> dict[str, Any]:
        case = claims.claim_next(queue=found, actor=request.user, now=now)
        return {"case": case.ref if case else ""}

    breaks.end_pause(request.session, now=now)
    view_work.end(request)
    ref = keys.once(request, now=now, run=run)["case"]
    return see_other(request, "cases:case", ref) if ref else see_other(request, f"/queues/{slug}/?drained=1")


def _base(slug: str) -> str:
    return reverse("cases:queue", args=[slug])


# Addresses kept by people from before there was a filter.
_BEFORE = (("severity", "severity:{}"), ("state", "state:{}"), ("mine", "assignee:me"))


def _address(request: HtmxRequest) -> str:
    terms = [
        term.format(request.GET[name])
        for name, term in _BEFORE
        if name in request.GET and not parse(term.format(request.GET[name])).mistakes
    ]
    return " ".join([request.GET.get("f", ""), *terms]).strip()


def _empty(found: queues.QueuePage, asked: Asked) -> dict[str, str]:
    """Say which of the three kinds of empty this is: nothing fits the filter, all done, or nothing yet."""
    if asked:
        looked = LOOKED if found.further_cursor else 0
        return lists.no_match(asked.shown.text, open_count=found.open_count, looked=looked)
    return lists.all_done() if Case.objects.filter(queue=found.queue).exists() else lists.nothing_yet()
