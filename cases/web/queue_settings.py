"""Settings of queues: a second queue for an abuse type, what each promises, and the hours it is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cases.enums import ScoreDisplay
from cases.models import Queue, SlaPolicy, WorkingCalendar
from cases.queries import health
from cases.routing_forms import CalendarForm, PromiseForm, QueueForm, written_hours
from cases.services import queue_edits
from cases.web import keys
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest, page, see_other


def queue_list(request: HtmxRequest) -> HttpResponse:
    """Show the queues one leads with what they promise, and add a queue."""
    now, queues = timezone.now(), health.led_queues(request.user)
    form = QueueForm(request.POST or None, queues=queues)
    if request.method == "POST" and form.is_valid() and _stored(request, form, lambda: _split(request, form, now)):
        return see_other(request, "cases:queue_settings")
    context = {
        "now": now,
        "lines": _lines(queues),
        "calendars": WorkingCalendar.objects.order_by("name"),
        "form": form,
        "form_key": keys.new(),
    }
    return page(request, "cases/queue_settings.html", context, status=422 if form.errors else 200)


def promises(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show and change what one queue promises."""
    now, queue = timezone.now(), health.led_queue(request.user, slug)
    form = PromiseForm(request.POST) if request.method == "POST" else PromiseForm(initial=_promised(queue))
    if request.method == "POST" and form.is_valid():

        def run() -> dict[str, Any]:
            queue_edits.set_promises(queue=queue, promises=form.promises(), actor=request.user, now=now)
            if display := form.cleaned_data["score_display"]:
                queue_edits.set_score_display(queue=queue, display=ScoreDisplay(display), actor=request.user, now=now)
            return {}

        if _stored(request, form, lambda: keys.once(request, now=now, run=run)):
            return see_other(request, "cases:queue_settings")
    context = {"now": now, "queue": queue, "form": form, "form_key": keys.new()}
    return page(request, "cases/queue_promises.html", context, status=422 if form.errors else 200)


def calendar(request: HtmxRequest, calendar_id: int = 0) -> HttpResponse:
    """Show and change one calendar, or add one."""
    now = timezone.now()
    found = get_object_or_404(WorkingCalendar, pk=calendar_id) if calendar_id else None
    form = CalendarForm(request.POST) if request.method == "POST" else CalendarForm(initial=_hours(found))
    if request.method == "POST" and form.is_valid():

        def run() -> dict[str, Any]:
            data = form.cleaned_data
            saved = queue_edits.save_calendar(
                calendar=found, name=data["name"], time_zone=data["time_zone"], hours=data["hours"],
                holidays=data["days_off"], actor=request.user, now=now,
            )  # fmt: skip
            return {"calendar": saved.pk}

        if _stored(request, form, lambda: keys.once(request, now=now, run=run)):
            return see_other(request, "cases:queue_settings")
    context = {"now": now, "calendar": found, "form": form, "form_key": keys.new()}
    return page(request, "cases/calendar.html", context, status=422 if form.errors else 200)


def _split(request: HtmxRequest, form: QueueForm, now: Any) -> dict[str, Any]:
    data = form.cleaned_data
    like = next(queue for queue in health.led_queues(request.user) if queue.pk == data["like"])

    def run() -> dict[str, Any]:
        new = queue_edits.split(queue=like, slug=data["slug"], name=data["name"], actor=request.user, now=now)
        return {"queue": new.slug}

    return keys.once(request, now=now, run=run)


def _stored(request: HtmxRequest, form: Any, store: Any) -> bool:
    """Tell whether the command was carried out; what it refused is said on the form."""
    try:
        store()
    except Invalid as problem:
        for said in [field.detail for field in problem.fields] or [problem.detail]:
            form.add_error(None, said)
        return False
    return True


def _lines(queues: list[Any]) -> list[dict[str, Any]]:
    policies: dict[int, dict[str, SlaPolicy]] = {queue.pk: {} for queue in queues}
    for policy in SlaPolicy.objects.filter(queue__in=queues).select_related("calendar"):
        policies[policy.queue_id][policy.severity] = policy
    return [
        {"queue": queue, "promises": [policies[queue.pk].get(word) for word in ("critical", "high", "medium")]}
        for queue in queues
    ]


def _promised(queue: Queue) -> dict[str, Any]:
    found: dict[str, Any] = {"score_display": queue.score_display}
    for policy in SlaPolicy.objects.filter(queue_id=queue.pk):
        found[f"minutes_{policy.severity}"] = policy.target_minutes
        found[f"calendar_{policy.severity}"] = policy.calendar_id or ""
    return found


def _hours(found: WorkingCalendar | None) -> dict[str, Any]:
    if found is None:
        weekdays = {f"day_{number}": "09:00-17:00" for number in range(5)}
        return {"time_zone": "UTC", **weekdays}
    days = {f"day_{number}": written_hours(day) for number, day in enumerate(found.hours)}
    holidays = "\n".join(day.isoformat() for day in found.holidays)
    return {"name": found.name, "time_zone": found.time_zone, "holidays": holidays, **days}
