"""Calendars written out as rows, so that the due times of many cases are look-ups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cases.models import OpenSpan, WorkingCalendar
from cases.services import working_time
from cases.services.working_time import Span
from tscore.core import db

# Cases older than this count from its start; due times that lie further ahead count day and night from there on.
KEPT_BEHIND: Final = timedelta(days=730)
KEPT_AHEAD: Final = timedelta(days=730)
WRITTEN_AHEAD: Final = timedelta(days=1095)


def spans_of(calendar: WorkingCalendar, *, now: datetime) -> list[Span]:
    """Return a calendar's open stretches from two years before to three years after an instant."""
    zone = ZoneInfo(calendar.time_zone)
    local = now.astimezone(zone).date()
    hours = [[(int(opens), int(closes)) for opens, closes in day] for day in calendar.hours]
    return working_time.spans(
        hours, zone=zone, holidays=calendar.holidays, first=local - KEPT_BEHIND, last=local + WRITTEN_AHEAD
    )


@db.transaction_required
def write_out(calendar: WorkingCalendar, *, now: datetime) -> None:
    """Replace a calendar's rows; the caller asks for its queues' due times again."""
    calendar.spans.all().delete()
    OpenSpan.objects.bulk_create(
        [
            OpenSpan(
                calendar=calendar,
                opens_at=span.opens_at,
                closes_at=span.closes_at,
                seconds_before=int(span.before.total_seconds()),
            )
            for span in spans_of(calendar, now=now)
        ],
        batch_size=1000,
    )
    calendar.spans_until = now + WRITTEN_AHEAD
    calendar.save(update_fields=["spans_until"])
