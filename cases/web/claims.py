"""Taking, keeping and leaving a case without deciding it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from cases.forms import HolderForm, SnoozeForm
from cases.models import Case
from cases.queries import case_header, sight
from cases.services import claims, leaving, waiting
from cases.web import answers, keys, succession, view_work, workspace
from tscore.core.errors import Conflict, FieldProblem, Invalid
from tscore.core.http import HtmxRequest, partial, see_other
from tscore.core.models import User

Leaving = Callable[[Case, datetime], Any]


def claim(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take one chosen case."""
    case, now = case_header.case_for(request.user, ref), timezone.now()
    keys.once(
        request,
        now=now,
        run=lambda: {"case": claims.claim(case_id=case.pk, actor=request.user, now=now).ref},
    )
    view_work.end(request)
    return see_other(request, "cases:case", case.ref)


def heartbeat(request: HtmxRequest, ref: str) -> HttpResponse:
    """Renew the lease and draw its chip; tell of what was added to the case meanwhile."""
    case, now, lost = case_header.case_for(request.user, ref), timezone.now(), ""
    try:
        claims.heartbeat(case_id=case.pk, actor=request.user, fence=_number(request, "fence"), now=now)
    except Conflict as problem:
        lost = problem.detail
    head = case_header.header(case=case_header.case_for(request.user, ref), user=request.user, now=now)
    seen = workspace.place_seen(request)
    changed = not lost and head.version != _number(request, "version")
    context = {
        "head": head,
        "lost": lost,
        "changed": changed,
        "new_count": sight.new_since(case_id=case.pk, seen=seen) if changed and seen is not None else 0,
        "most_new": sight.MOST_NEW,
        "seen": seen,
        "version": _number(request, "version"),
        "form_key": keys.new(),
        "case_url": reverse("cases:case", args=[ref]) + (f"?seen={seen}" if seen is not None else ""),
    }
    return partial(request, "cases/_lease_answer.html", context)


def release(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give the case back and go to its queue."""
    case = case_header.case_for(request.user, ref)
    _leave(request, case, lambda case, now: leaving.release(case_id=case.pk, actor=request.user, now=now))
    return see_other(request, "cases:queue", case.queue.slug)


def hold(request: HtmxRequest, ref: str) -> HttpResponse:
    """Keep the case for four hours."""
    case = case_header.case_for(request.user, ref)
    _leave(request, case, lambda case, now: claims.hold(case_id=case.pk, actor=request.user, now=now))
    return see_other(request, "cases:case", case.ref)


def hand_over(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give the case to a colleague and go to its queue."""
    case, form = case_header.case_for(request.user, ref), HolderForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose whom to hand the case to.", fields=[FieldProblem("to", "invalid", "Choose a colleague.")])
    to, note = get_object_or_404(User, pk=form.cleaned_data["to"]), form.cleaned_data["note"]
    _leave(
        request,
        case,
        lambda case, now: leaving.hand_over(case_id=case.pk, actor=request.user, to=to, note=note, now=now),
    )
    return see_other(request, "cases:queue", case.queue.slug)


def skip(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put the case back for others and take the next one."""
    reason = request.POST.get("reason", "")
    return _leave_for_next(
        request, ref, lambda case, now: leaving.skip(case_id=case.pk, actor=request.user, reason=reason, now=now)
    )


def escalate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put the case back for a lead and take the next one."""
    note = request.POST.get("note", "")
    return _leave_for_next(
        request, ref, lambda case, now: leaving.escalate(case_id=case.pk, actor=request.user, note=note, now=now)
    )


def snooze(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put the case aside for some hours, or until something happens, and take the next one."""
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose for how long.", fields=[FieldProblem("hours", "invalid", "Choose one of the times.")])
    hours, words = (
        timedelta(hours=form.cleaned_data["hours"]),
        {name: form.cleaned_data[name] for name in ("wait_for", "wake_on")},
    )
    return _leave_for_next(
        request,
        ref,
        lambda case, now: waiting.snooze(case_id=case.pk, actor=request.user, until=now + hours, now=now, **words),
    )


def _leave(request: HtmxRequest, case: Case, leave: Leaving) -> dict[str, Any]:
    now = timezone.now()

    def run() -> dict[str, Any]:
        leave(case, now)
        return {}

    return keys.once(request, now=now, run=run)


def _leave_for_next(request: HtmxRequest, ref: str, leave: Leaving) -> HttpResponse:
    case, now = case_header.case_for(request.user, ref), timezone.now()
    try:
        answer = _leave(request, case, leave)
    except Conflict as problem:
        return answers.conflict(request, ref, problem, now=now)
    following = succession.next_ref(request, answer=answer, queue=case.queue, now=now)
    return answers.following(request, queue=case.queue, ref=following, now=now)


def _number(request: HtmxRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
