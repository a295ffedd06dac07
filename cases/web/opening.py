"""A new case by hand: whom it is about, how bad, why; or the open case to which it belongs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases import permissions
from cases.forms import OpeningForm
from cases.queries import case_header
from cases.queries.names import names_of
from cases.services import catalogue, claims, notes, opening
from cases.services.opening import OpenAlready
from cases.web import keys
from signals.queries import find_entities
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest, page, see_other

LONGEST = 500


def new(request: HtmxRequest) -> HttpResponse:
    """Look the subject up, then open the case; what was entered comes back with what is wrong about it."""
    if request.method != "POST":
        return _page(request, text=request.GET.get("subject", ""))
    if "add_to" in request.POST:
        return _add(request)
    form = OpeningForm(request.POST, queues=_queues(request))
    if "queue" not in request.POST:
        return _page(request, text=request.POST.get("q", ""))
    if not form.is_valid():
        return _page(request, text=request.POST.get("q", ""), form=form, status=422)
    return _open(request, form)


def _open(request: HtmxRequest, form: OpeningForm) -> HttpResponse:
    now, text = timezone.now(), request.POST.get("q", "")
    try:
        answer = keys.once(request, now=now, run=lambda: _opened(request, form.cleaned_data, now))
    except OpenAlready as problem:
        return _page(request, text=text, form=form, status=409, already=problem, open_ref=problem.members["ref"])
    except Invalid as problem:
        for words in [found.detail for found in problem.fields] or [problem.detail]:
            form.add_error(None, words)
        return _page(request, text=text, form=form, status=422)
    return see_other(request, "cases:case", answer["case"]) if answer["seen"] else see_other(request, "cases:queues")


def _opened(request: HtmxRequest, entered: dict[str, Any], now: datetime) -> dict[str, Any]:
    queue = catalogue.current().queue_by_slug(entered["queue"])
    case = opening.open_by_hand(
        subject_ref=entered["subject"], queue=queue, severity=entered["severity"], reason=entered["reason"],
        actor=request.user, now=now,
    )  # fmt: skip
    is_seen = permissions.may_review(request.user, case.queue_id)  # a routing rule may have sent it elsewhere
    if is_seen and request.POST.get("then") == "take":
        claims.claim(case_id=case.pk, actor=request.user, now=now)
    return {"case": case.ref, "seen": is_seen}


def _add(request: HtmxRequest) -> HttpResponse:
    case, now = case_header.case_for(request.user, request.POST["add_to"]), timezone.now()
    text = request.POST.get("reason", "")
    keys.once(
        request, now=now, run=lambda: {"note": notes.add(case_id=case.pk, actor=request.user, text=text, now=now).pk}
    )
    return see_other(request, "cases:case", case.ref)


def _queues(request: HtmxRequest) -> list[tuple[str, str]]:
    return [(queue.slug, queue.name) for queue in permissions.queues_of(request.user) if queue.is_default]


def _page(
    request: HtmxRequest, *, text: str, form: OpeningForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    text, queues = text.strip()[:LONGEST], _queues(request)
    context = {
        "text": text,
        "found": list(names_of(find_entities(text)).values()) if text else [],
        "form": form or OpeningForm(queues=queues),
        "chosen": form.data.get("subject", "") if form else "",
        "queues": queues,
        "form_key": keys.new(),
        **more,
    }
    return page(request, "cases/case_new.html", context, status=status)
