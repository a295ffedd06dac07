"""What is put in front of a person after a command: the next case, or that nothing is left, or why it was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django_htmx.http import push_url

from cases.models import Queue
from cases.queries import notes, queues, sight
from cases.services import care
from cases.web import keys, workspace
from cases.web.refs import case_id_of
from tscore.core.errors import Conflict
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other


def following(
    request: HtmxRequest,
    *,
    queue: Queue,
    ref: str,
    now: datetime,
    toast: dict[str, Any] | None = None,
    decided: int = 0,
) -> HttpResponse:
    """Bring the case that was handed out, or say that the queue is drained."""
    address = reverse("cases:case", args=[ref]) if ref else reverse("cases:queue", args=[queue.slug])
    if not is_partial(request):
        question = "&".join(
            part for part in ("" if ref else "drained=1", f"decided={decided}" if decided else "") if part
        )
        return see_other(request, f"{address}?{question}" if question else address)
    answer = case(request, ref, now=now, toast=toast) if ref else _drained(request, queue, now=now, toast=toast)
    return push_url(answer, address)


def case(
    request: HtmxRequest,
    ref: str,
    *,
    now: datetime,
    toast: dict[str, Any] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with one case as it is now: a fragment for htmx, else the whole page."""
    if not is_partial(request):
        context = workspace.whole(request, ref, now=now, **more)
        return page(request, "cases/case.html", {**context, "toast": toast}, status=status)
    entered = request.POST if "entered" in more else None
    seen = sight.see(
        case_id=case_id_of(ref), user=request.user, seen=workspace.place_seen(request) if entered else None
    )
    context = workspace.first(request, seen, now=now, is_brief=True, **more)
    head = context["head"]
    undo = " Undo with z." if toast and toast["undo_url"] else ""
    announce = f"{toast['text']}{undo} Now {head.ref}, {head.abuse_name}, {head.severity}." if toast else ""
    return partial(request, "cases/_case_answer.html", {**context, "toast": toast, "announce": announce}, status=status)


def conflict(request: HtmxRequest, ref: str, problem: Conflict, *, now: datetime) -> HttpResponse:
    """Show the case as it is now, why the command was refused, and what the person had entered."""
    after = workspace.note_seen(request)
    authors = [] if after is None else notes.written_since(case_id=case_id_of(ref), after=after, user=request.user)
    told: dict[str, Any] = {"conflict": problem, "note_authors": authors, "entered": request.POST}
    return case(request, ref, now=now, status=problem.status, **told)


def _drained(request: HtmxRequest, queue: Queue, *, now: datetime, toast: dict[str, Any] | None) -> HttpResponse:
    cards = [card for card in queues.queue_cards(user=request.user, now=now) if card.slug != queue.slug]
    context = {
        "now": now,
        "queue": queue,
        "spared": care.spared(person=request.user, queue=queue, now=now),
        "queue_url": reverse("cases:queue", args=[queue.slug]),
        "cards": cards,
        "form_key": keys.new(),
        "toast": toast,
        "announce": f"{toast['text']} Nothing is left in {queue.name}." if toast else "",
    }
    return partial(request, "cases/_drained_answer.html", context)
