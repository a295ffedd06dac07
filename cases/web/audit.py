"""The audit trail, and whether it is intact."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone

from cases.queries.audit import AuditRow, audit_page, entries_around
from tscore.core.audit import seal, trail, verify
from tscore.core.errors import TooLarge
from tscore.core.http import HtmxRequest, page
from tscore.core.models import AuditEvent, User

FILTERS: Final = ("object_type", "object_ref", "verb", "actor")
# Reading so many takes a page a few seconds; longer trails are for the command.
LONGEST: Final = 100_000
SHOWN_FAULTS: Final = 20
PEOPLE: Final = 500


class TrailTooLong(TooLarge):
    """The trail is too long to be checked while you wait. Run `manage.py verify_audit`."""


def audit(request: HtmxRequest) -> HttpResponse:
    """Show one page of the trail, filtered by object, verb or person."""
    return page(request, "cases/audit.html", _context(request))


def verification(request: HtmxRequest) -> HttpResponse:
    """Check the whole chain, its signatures and its guards, and say what was found."""
    if AuditEvent.objects.filter(seq__gt=LONGEST).exists():
        raise TrailTooLong
    report = verify.check(trail.sealed(), trail.checkpoints(), seal.public_key())
    faults = [*report.faults, *trail.anchors()[1], *trail.guards()]
    result = {
        "report": report,
        "faults": faults[:SHOWN_FAULTS],
        "count": len(faults),
        "waiting": trail.unsealed(),
        "around": entries_around(report.first_bad) if report.first_bad else [],
    }
    return page(request, "cases/audit.html", {**_context(request), "result": result})


def _context(request: HtmxRequest) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in FILTERS}
    actor = asked["actor"]
    found = audit_page(
        object_type=asked["object_type"],
        object_ref=asked["object_ref"],
        verb=asked["verb"],
        actor_id=int(actor) if actor.isascii() and actor.isdigit() and len(actor) < 10 else None,
        cursor=request.GET.get("after") or None,
    )
    return {
        "now": timezone.now(),
        "found": found,
        "rows": [(row, _changed(row)) for row in found.rows],
        "people": User.objects.order_by("name").values_list("pk", "name")[:PEOPLE],
        "asked": asked,
        "is_filtered": any(asked.values()),
    }


def _changed(row: AuditRow) -> list[tuple[str, str]]:
    """Return what changed, one part at a time, as `was → is` where both are known."""
    before, after = row.before or {}, row.after or {}
    return [(name, _step(before, after, name)) for name in dict.fromkeys([*before, *after])]


def _step(before: dict[str, Any], after: dict[str, Any], name: str) -> str:
    if name in before and name in after:
        return f"{before[name]} → {after[name]}"
    return str(after.get(name, before.get(name)))
