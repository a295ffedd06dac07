"""The page of the lanes: budgets, what was drawn, and what it says of all traffic."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import sampling
from cases.sampling_forms import LaneForm
from cases.services import lane_edits
from cases.web import keys
from tscore.core import groups
from tscore.core.http import HtmxRequest, page, see_other


def lanes(request: HtmxRequest) -> HttpResponse:
    """Show every lane with its estimate, and change a budget."""
    now = timezone.now()
    form = LaneForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        data = form.cleaned_data

        def run() -> dict[str, Any]:
            lane_edits.set_lane(
                slug=data["lane"], daily_budget=data["daily_budget"], is_on=data["is_on"], actor=request.user, now=now
            )
            return {}

        keys.once(request, now=now, run=run)
        return see_other(request, "cases:sampling")
    lines = [(line, _words(line), _form(line, form), keys.new()) for line in sampling.lanes(now=now)]
    may_change = groups.is_in(request.user, "lead", "admin")
    context = {"now": now, "lines": lines, "days": sampling.DAYS, "form": form, "may_change": may_change}
    return page(request, "cases/sampling.html", context, status=422 if form is not None else 200)


def _words(line: sampling.LaneLine) -> dict[str, str]:
    """Return the shares of an estimate as people read them; a small one keeps its digits."""
    found = line.estimate
    shares = {"share": found.share, "low": found.low, "high": found.high, "covered": found.covered} if found else {}
    return {name: f"{share:.1%}" if share >= 0.01 or not share else f"{share:.2%}" for name, share in shares.items()}


def _form(line: sampling.LaneLine, refused: LaneForm | None) -> LaneForm:
    if refused is not None and refused.data.get("lane") == line.lane.slug:
        return refused
    values = {"lane": line.lane.slug, "daily_budget": line.lane.daily_budget, "is_on": line.lane.is_on}
    return LaneForm(initial=values, auto_id=f"id_{line.lane.slug}_%s")
