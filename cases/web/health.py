"""How a queue fares, for those who lead it."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from django.http import HttpResponse
from django.utils import timezone

from cases import permissions
from cases.queries import care, health
from cases.web import charts
from cases.web.zones import zone_of
from tscore.core.http import HtmxRequest, page


def queue_health(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show inflow, outflow, backlog and its age, what is late and what will be, with the hours behind each figure."""
    now, queue = timezone.now(), health.led_queue(request.user, slug)
    found, zone = health.health(queue=queue, now=now), zone_of(request)
    past = [(_hour(now - timedelta(hours=hour.ago), zone), hour) for hour in found.past]
    ahead = [(_hour(now + timedelta(hours=hour.ahead - 1), zone), hour) for hour in found.ahead]
    people = [person for person, _ in permissions.reviewers_of(queue.pk)]
    context = {
        "now": now,
        "limits_active": care.limits_active(queue=queue, people=people, now=now),
        "found": found,
        "queues": health.led_queues(request.user),
        "past": past,
        "ahead": ahead,
        "flow": charts.bars(
            [label for label, _ in past],
            ("opened", [hour.opened for _, hour in past]),
            ("closed", [hour.closed for _, hour in past]),
        ),
        "lateness": charts.bars([label for label, _ in ahead], ("late", [round(hour.late, 1) for _, hour in ahead])),
    }
    return page(request, "cases/queue_health.html", context)


def _hour(start: datetime, zone: tzinfo) -> str:
    return f"{start.astimezone(zone):%H:%M}"
