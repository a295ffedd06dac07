"""Where cases wait, and taking the next one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.enums import CaseState
from cases.models import Case
from cases.queries import queues
from cases.services import claims
from cases.web import keys
from cases.web.toast import toast_of
from signals.enums import Severity
from tscore.core.http import HtmxRequest, page, see_other

TABS = (("", "Open"), (CaseState.QUEUED, "Free"), (CaseState.REVIEWING, "In review"), (CaseState.WAITING, "Waiting"))


def queue_list(request: HtmxRequest) -> HttpResponse:
    """Show the queues this person may open."""
    now = timezone.now()
    context = {"now": now, "cards": queues.queue_cards(user=request.user, now=now), "form_key": keys.new()}
    return page(request, "cases/queues.html", context)


def queue(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show one page of a queue in the order in which cases are handed out."""
    now, asked = timezone.now(), _asked(request)
    found = queues.queue_page(user=request.user, slug=slug, now=now, cursor=request.GET.get("after") or None, **asked)
    context = {
        "now": now,
        "found": found,
        "form_key": keys.new(),
        "tabs": _tabs(asked),
        "severities": _severities(found, asked),
        "is_filtered": any(asked.values()),
        "asked": asked,
        "drained": "drained" in request.GET,
        "empty": _empty(found, asked) if not found.rows else None,
        "toast": toast_of(request),
    }
    return page(request, "cases/queue.html", context)


def next_case(request: HtmxRequest, slug: str) -> HttpResponse:
    """Hand out the most urgent case of a queue."""
    found, now = permissions.visible_queue(request.user, slug), timezone.now()

    def run() -> dict[str, Any]:
        case = claims.claim_next(queue=found, actor=request.user, now=now)
        return {"case": case.ref if case else ""}

    ref = keys.once(request, now=now, run=run)["case"]
    return see_other(request, "cases:case", ref) if ref else see_other(request, f"/queues/{slug}/?drained=1")


def _asked(request: HtmxRequest) -> dict[str, Any]:
    severity, state = request.GET.get("severity", ""), request.GET.get("state", "")
    return {
        "severity": severity if severity in Severity.values else "",
        "state": state if state in CaseState.values else "",
        "mine": request.GET.get("mine") == "1",
    }


def _tabs(asked: dict[str, Any]) -> list[dict[str, Any]]:
    tabs = [
        {
            "url": f"?state={state}" if state else "?",
            "label": label,
            "current": _is_plain(asked) and asked["state"] == state,
        }
        for state, label in TABS
    ]
    return [*tabs, {"url": "?mine=1", "label": "Mine", "current": asked["mine"]}]


def _empty(found: queues.QueuePage, asked: dict[str, Any]) -> dict[str, str]:
    """Say which of the three kinds of empty this is: nothing fits the filter, all done, or nothing yet."""
    if any(asked.values()):
        words = " ".join(filter(None, (asked["severity"], asked["state"], "mine" if asked["mine"] else "")))
        text = f"No case here is {words}; {found.open_count} are open."
        return {"title": "No match", "text": text, "link_url": "?", "link_text": "Clear filter"}
    if Case.objects.filter(queue=found.queue).exists():
        text = "Every case of this queue is closed."
        return {"title": "All done", "text": text, "link_url": reverse("cases:queues"), "link_text": "Other queues"}
    text = "Cases appear here once events have been received and a detector has found something in them."
    return {"title": "Nothing yet", "text": text, "link_url": reverse("cases:queues"), "link_text": "Other queues"}


def _is_plain(asked: dict[str, Any]) -> bool:
    return not asked["severity"] and not asked["mine"]


def _severities(found: queues.QueuePage, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "url": f"?severity={word}",
            "word": word,
            "count": found.severity_counts[word],
            "current": asked["severity"] == word,
        }
        for word in reversed(Severity.values)
        if found.severity_counts.get(word)
    ]
