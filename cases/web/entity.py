"""The page of one entity: what it is, what it did, what it shares, what was decided about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.queries.behind import behind
from cases.queries.entity_page import EntityPage, entity_for, entity_page
from cases.services import recents
from cases.web import keys, media, sections, story
from cases.web.rings import TOLD
from cases.web.zones import zone_of
from signals.models import Entity
from tscore.core.errors import Missing
from tscore.core.http import HtmxRequest, is_partial, page, partial

TABS: Final = {
    "": "Overview",
    "activity": "Activity",
    "links": "Links",
    "cases": "Cases",
    "decisions": "Decisions",
    "money": "Money",
    "listings": "Listings",
    "messages": "Messages",
    "notes": "Notes",
    "raw": "Raw",
}
# Tabs that only some kinds have; the others stand on every page.
ONLY: Final = {
    "money": {"account", "payment", "payout", "dispute", "listing", "card", "device", "ip", "email", "payout_account"},
    "listings": {"account", "image", "device", "ip"},
    "messages": {"account", "listing", "domain", "phone", "device", "ip"},
}
_BAR: Final = ("subject", "open_cases", "rings")
READS: Final = {
    "": (
        "cases", "hidden_cases", "muted", "surfaces", "devices", "behind", "linked", "actions", "labels", "timeline",
        "veil_category",
    ),
    "activity": ("timeline",),
    "links": ("behind", "linked"),
    "cases": ("cases", "hidden_cases", "muted"),
    "decisions": ("decisions", "actions", "labels"),
    "money": ("money",),
    "listings": ("listings",),
    "messages": ("messages",),
    "notes": ("notes",),
    "raw": ("raw", "attributes"),
}  # fmt: skip
PAGED: Final = {"activity": "timeline", "raw": "raw"}
OVERVIEW: Final = 20
HOP: Final = "hop"


def entity(request: HtmxRequest, kind: str, ref: str, tab: str = "") -> HttpResponse:
    """Show one tab of an entity's page; of the links on request who else shares one of them."""
    about = entity_for(kind, ref)
    if tab not in _tabs_of(about):
        raise Missing
    hop = _hop(request) if tab == "links" else {}
    if hop and is_partial(request) and request.htmx.target == HOP:
        return partial(request, "cases/_hop.html", {"now": timezone.now(), "about": about, **hop})
    found = entity_page(entity=about, user=request.user, before=_before(request))
    recents.opened(user=request.user, kind="entity", number=about.pk)
    return page(request, "cases/entity.html", {**_context(request, found, tab), **hop})


def _context(request: HtmxRequest, found: EntityPage, tab: str) -> dict[str, Any]:
    values, failed = sections.read(found, (*_BAR, *READS[tab]))
    events, category = values.get("timeline", []), values.get("veil_category", "")
    listed = values.get(PAGED.get(tab, ""), [])
    return {
        "now": timezone.now(),
        "name": found.name,
        "about": found.entity,
        "found": values,
        "failed": failed,
        "tab": tab,
        "tabs": _tabs(found.entity, tab),
        "pictures": media.shown(request, events, category=category) if category else [],
        "bands": story.bands(events if tab == "activity" else events[:OVERVIEW], zone=zone_of(request)),
        "older": listed[-1].occurred_at.isoformat() if listed else "",
        "form_key": keys.new(),
        "told": TOLD.get(request.GET.get("ring", ""), ""),
    }


def _hop(request: HtmxRequest) -> dict[str, Any]:
    """Return who stands behind the attribute that the address names by its opaque word."""
    shared = Entity.objects.filter(ref=request.GET.get("of", "")[:24]).first() if "of" in request.GET else None
    if shared is None:
        return {}
    found = entity_page(entity=shared, user=request.user)
    return {"hop": found.name, "hop_behind": behind(shared, user=request.user)}


def _before(request: HtmxRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _tabs_of(about: Entity) -> list[str]:
    return [tab for tab in TABS if about.kind in ONLY.get(tab, {about.kind})]


def _tabs(about: Entity, current: str) -> list[dict[str, object]]:
    base, names = f"/e/{about.kind}/{about.ref}/", _tabs_of(about)
    at = names.index(current)
    keys_to = {names[at - 1]: "[", names[(at + 1) % len(names)]: "]"}
    return [
        {
            "url": f"{base}{name}/" if name else base,
            "label": TABS[name],
            "current": name == current,
            "key": keys_to.get(name, ""),
            "count": None,
        }
        for name in names
    ]
