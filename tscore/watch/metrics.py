"""`/metrics`: numbers for Prometheus. They come from the database and from one file, so any worker answers the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cases.queries import watch as judgement
from signals.queries import watch as evidence
from tscore.core import counts
from tscore.core.models import Alarm, AlarmNotice
from tscore.watch import checks, exposition, stages, standing, table
from tscore.watch.exposition import Family, counter, gauge, histogram

_SHORT: Final = {
    "Events to be scored": "unscored_events",
    "Signals to be routed": "unrouted_signals",
    "Actions to be sent": "unsent_actions",
    "Audit entries to be sealed": "unsealed_audit_entries",
    "Dead letters open": "open_dead_letters",
}


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape."""
    body = exposition.text(_families(timezone.now()))
    return HttpResponse(body, content_type=exposition.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _families(now: datetime) -> Iterator[Family]:
    yield from _stages()
    yield from _waiting(now)
    yield from _alarms()
    yield counter(
        "tscore_intake_items_total",
        "Items that were sent, by what they were answered; of this machine.",
        [
            ({"stream": stream, "status": status}, counts.one(stream, status))
            for stream in counts.STREAMS
            for status in counts.STATUSES
        ],
    )
    yield histogram(
        "tscore_request_duration_seconds",
        "How long requests took, by what they asked for; of this machine.",
        counts.BUCKETS,
        [({"surface": surface}, counts.request_times(surface)) for surface in counts.SURFACES],
    )
    yield gauge(
        "tscore_disk_free_bytes",
        "Room left in the data folder.",
        [({"folder": "data"}, float(checks.free_mb(settings.DATA) * 2**20))],
    )


def _stages() -> Iterator[Family]:
    known = [(one, {"stage": one.name}) for one in stages.all_counts()]
    rows_of = [(labels, float(one.handled)) for one, labels in known]
    yield counter("tscore_stage_rows_total", "Rows that a stage has handled.", rows_of)
    runs_of = [(labels, float(one.runs)) for one, labels in known]
    yield counter("tscore_stage_runs_total", "Runs of a stage that found work.", runs_of)
    yield counter(
        "tscore_stage_seconds_total", "Time spent in those runs.", [(labels, one.seconds) for one, labels in known]
    )
    yield gauge(
        "tscore_stage_last_run_timestamp_seconds",
        "When a stage last found work.",
        [(labels, one.last_at.timestamp()) for one, labels in known],
    )


def _waiting(now: datetime) -> Iterator[Family]:
    figures = [(figure, {"what": _SHORT[figure.name]}) for figure in standing.figures(now=now)]
    yield gauge(
        "tscore_waiting",
        f"How many wait; counting stops at {evidence.MOST}.",
        [(labels, float(figure.count)) for figure, labels in figures],
    )
    yield gauge(
        "tscore_oldest_waiting_seconds",
        "How long the oldest has waited; 0 where none waits.",
        [
            (labels, max(0.0, (now - figure.oldest).total_seconds()) if figure.oldest else 0.0)
            for figure, labels in figures
        ],
    )
    yield gauge(
        "tscore_queue_cases",
        f"Cases that wait in a queue; counting stops at {judgement.MOST}.",
        [({"queue": slug}, float(count)) for slug, count in judgement.backlogs().items()],
    )
    events, signals, letters = evidence.newest_places()
    yield counter(
        "tscore_rows_drawn_total",
        "The highest row number drawn so far; it grows with what is stored and may skip some.",
        [({"table": "events"}, events), ({"table": "signals"}, signals), ({"table": "dead_letters"}, letters)],
    )


def _alarms() -> Iterator[Family]:
    lines = [table.of_key(key) for key in Alarm.objects.filter(cleared_at=None).values_list("key", flat=True)]
    open_of = Counter(line.pattern if line else "undeclared" for line in lines)
    known = [(line.pattern, line.severity) for line in table.TABLE] + [("undeclared", "high")]
    yield gauge(
        "tscore_alarm_open",
        "How many alarms of a kind are open.",
        [({"alarm": pattern, "severity": severity}, float(open_of[pattern])) for pattern, severity in known],
    )
    unsent = AlarmNotice.objects.filter(settled_at=None).count()
    yield gauge(
        "tscore_alarm_notices_unsent", "Messages about alarms that are still to be sent.", [({}, float(unsent))]
    )
