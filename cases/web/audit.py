"""The audit trail."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries.audit import AuditRow, audit_page
from tscore.core.http import HtmxRequest, page


def audit(request: HtmxRequest) -> HttpResponse:
    """Show one page of the trail, filtered by object, verb or person."""
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("object_type", "object_ref", "verb", "actor")}
    actor = asked["actor"]
    found = audit_page(
        object_type=asked["object_type"],
        object_ref=asked["object_ref"],
        verb=asked["verb"],
        actor_id=int(actor) if actor.isascii() and actor.isdigit() and len(actor) < 10 else None,
        cursor=request.GET.get("after") or None,
    )
    rows = [(row, _changed(row)) for row in found.rows]
    context = {"now": timezone.now(), "found": found, "rows": rows, "asked": asked, "is_filtered": any(asked.values())}
    return page(request, "cases/audit.html", context)


def _changed(row: AuditRow) -> list[tuple[str, str]]:
    """Return what changed, one part at a time, as `was → is` where both are known."""
    before, after = row.before or {}, row.after or {}
    return [
        (
            name,
            f"{before[name]} → {after[name]}"
            if name in before and name in after
            else str(after.get(name, before.get(name))),
        )
        for name in dict.fromkeys([*before, *after])
    ]
