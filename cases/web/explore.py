"""A queue's hours to zoom into and to read off: the one page that loads Plotly, and the script it loads.

The bundle is the one inside the Python package, so that nothing is fetched from outside. Plotly adds its styles by
script, which the content policy stops; the page carries a mark that tells it not to, and a style sheet in their place.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import health
from cases.queries.health import QueueHealth
from tscore.core.errors import Missing
from tscore.core.http import HtmxRequest, page


def queue_explore(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show the hours of a queue as a figure to explore."""
    now, queue = timezone.now(), health.led_queue(request.user, slug)
    found = health.health(queue=queue, now=now)
    context = {"now": now, "found": found, "figure": _figure(found), "version": version("plotly")}
    return page(request, "cases/queue_explore.html", context)


def plotly(request: HtmxRequest, release: str) -> HttpResponse:
    """Hand out the bundle of the installed release, packed once per process."""
    if release != version("plotly"):
        raise Missing
    answer = HttpResponse(_bundle(), content_type="text/javascript")
    answer["Content-Encoding"] = "gzip"
    return answer


@cache
def _bundle() -> bytes:
    # Found, not imported: the package takes a second to import and most processes never need it.
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise Missing
    return gzip.compress((Path(found.origin).parent / "package_data" / "plotly.min.js").read_bytes(), 6, mtime=0)


def _figure(found: QueueHealth) -> dict[str, Any]:
    """Return a Plotly figure: hours before now below zero, hours ahead above it."""
    past, ahead = [-hour.ago for hour in found.past], [hour.ahead for hour in found.ahead]
    return {
        "data": [
            {"type": "bar", "name": "opened", "x": past, "y": [hour.opened for hour in found.past]},
            {"type": "bar", "name": "closed", "x": past, "y": [hour.closed for hour in found.past]},
            {"type": "bar", "name": "will be late", "x": ahead, "y": [round(hour.late, 2) for hour in found.ahead]},
            {
                "type": "scatter",
                "mode": "lines",
                "name": "open at the end of the hour",
                "x": [*past, *ahead],
                "y": [hour.open_at_end for hour in found.past] + [round(hour.open_at_end, 2) for hour in found.ahead],
                "yaxis": "y2",
            },
        ],
        "layout": {
            "xaxis": {"title": {"text": "hours from now"}},
            "yaxis": {"title": {"text": "cases per hour"}, "rangemode": "tozero"},
            "yaxis2": {"title": {"text": "open"}, "overlaying": "y", "side": "right", "rangemode": "tozero"},
            "legend": {"orientation": "h", "y": 1.1},
            "height": 480,
        },
    }
