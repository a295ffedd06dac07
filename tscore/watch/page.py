"""The page that says what is wrong now, since when, what it means and what to do; or calmly that all is well."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils import timezone

from tscore.core import alarms, groups
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other
from tscore.watch import standing

KEEPERS: Final = ("engineer", "lead", "admin")


def status(request: HtmxRequest) -> HttpResponse:
    """Show the alarms and the figures behind them; the fragment that asks for itself again shows them alone."""
    now = timezone.now()
    context = {"now": now, "found": standing.standing(now=now), "is_keeper": groups.is_in(request.user, *KEEPERS)}
    if is_partial(request):
        return partial(request, "watch/_status.html", context)
    return page(request, "watch/status.html", context)


def acknowledgement(request: HtmxRequest, alarm_id: int) -> HttpResponse:
    """Write down that this person looks after an alarm; sent twice, it is written once."""
    alarms.acknowledge(alarm_id=alarm_id, actor=request.user, now=timezone.now())
    return see_other(request, "watch:status")
