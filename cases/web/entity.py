"""The page of one entity: what it is, what it did, what it shares, what was decided about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.queries.entity_page import entity_for, entity_page
from cases.web import keys, story
from cases.web.rings import TOLD
from cases.web.zones import zone_of
from tscore.core.errors import Missing
from tscore.core.http import HtmxRequest, page

TABS: Final = {"": "Overview", "activity": "Activity", "links": "Links", "cases": "Cases", "decisions": "Decisions"}
OVERVIEW: Final = 20


def entity(request: HtmxRequest, kind: str, ref: str, tab: str = "") -> HttpResponse:
    """Show one tab of an entity's page."""
    if tab not in TABS:
        raise Missing
    now = timezone.now()
    found = entity_page(entity=entity_for(kind, ref), user=request.user, before=_before(request))
    events = found.timeline if tab == "activity" else found.timeline[:OVERVIEW]
    context = {
        "now": now,
        "found": found,
        "tab": tab,
        "tabs": _tabs(found.name.kind, found.name.ref, tab),
        "bands": story.bands(events, zone=zone_of(request)),
        "older": found.timeline[-1].occurred_at.isoformat() if tab == "activity" and found.timeline else "",
        "form_key": keys.new(),
        "told": TOLD.get(request.GET.get("ring", ""), ""),
    }
    return page(request, "cases/entity.html", context)


def _before(request: HtmxRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _tabs(kind: str, ref: str, current: str) -> list[dict[str, object]]:
    base, names = f"/e/{kind}/{ref}/", list(TABS)
    at = names.index(current)
    keys_to = {names[at - 1]: "[", names[(at + 1) % len(names)]: "]"}
    return [
        {
            "url": f"{base}{name}/" if name else base,
            "label": label,
            "current": name == current,
            "key": keys_to.get(name, ""),
            "count": None,
        }
        for name, label in TABS.items()
    ]
