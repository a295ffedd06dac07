"""Measured time: taken in from the browser, shown per queue and team, to a person only about themselves."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import Final

from django.http import HttpResponse, QueryDict
from django.utils import timezone

from cases.models import Queue
from cases.permissions import queues_of
from cases.queries import case_header, times
from cases.queries.times import TimeRow
from cases.services import times as measured
from tscore.core.http import HtmxRequest, page

MARKS: Final = ("left", "first", "submitted", "painted")


def take(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take in what one page measured by its own clock; a browser that leaves sends it once and reads no answer."""
    case, now = case_header.case_for(request.user, ref), timezone.now()
    opened, sums = _milliseconds(request.POST, "opened"), ("active", "idle")
    since = {name: _milliseconds(request.POST, name) - opened for name in MARKS if name in request.POST and opened >= 0}
    parts = {"left": -1} | since | {name: _milliseconds(request.POST, name) for name in sums}
    measured.add(case_id=case.pk, actor=request.user, times=measured.Times(**parts), now=now)
    return HttpResponse(status=204)


def own(request: HtmxRequest) -> HttpResponse:
    """Show a person their own times; nobody else is shown them."""
    now = timezone.now()
    return page(request, "cases/times.html", {"now": now, "rows": times.own(user=request.user, now=now), "own": True})


def team(request: HtmxRequest) -> HttpResponse:
    """Show the times of queues and of all together; never of one person."""
    now = timezone.now()
    rows = times.of_queues(queues=_queues(request), now=now)
    return page(request, "cases/times.html", {"now": now, "rows": rows, "fewest": times.FEWEST_PEOPLE})


def export(request: HtmxRequest) -> HttpResponse:
    """Give the same as a CSV file, without names or pseudonyms."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(TimeRow)])
    writer.writeheader()
    writer.writerows(asdict(row) for row in times.of_queues(queues=_queues(request), now=timezone.now()))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="times.csv"'
    return answer


def _queues(request: HtmxRequest) -> list[Queue]:
    """Return the queues a lead may see; an analyst, who has rights on none, is shown the figures of all."""
    return queues_of(request.user) or list(Queue.objects.order_by("pk"))


def _milliseconds(sent: QueryDict, name: str) -> int:
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 14 else -1
