"""Changes of lanes: how many cases a day, and whether anything is drawn."""

from __future__ import annotations

from datetime import datetime

from cases.models import SamplingLane
from cases.verbs import Verb
from tscore.core import audit, db, groups
from tscore.core.errors import Missing
from tscore.core.models import User


def set_lane(*, slug: str, daily_budget: int, is_on: bool, actor: User, now: datetime) -> SamplingLane:
    """Set the budget of a lane from its next day on, and let it draw or rest.

    Raises:
        Missing: no such lane, or the person neither leads nor administers.
    """
    if not groups.is_in(actor, "lead", "admin"):
        raise Missing
    return db.in_any_transaction(lambda: _set(slug, daily_budget, is_on, actor, now))


def _set(slug: str, daily_budget: int, is_on: bool, actor: User, now: datetime) -> SamplingLane:
    lane = db.lock(SamplingLane.objects.filter(slug=slug)).first()
    if lane is None:
        raise Missing
    before = {"daily_budget": lane.daily_budget, "is_on": lane.is_on}
    lane.daily_budget, lane.is_on = daily_budget, is_on
    lane.save(update_fields=["daily_budget", "is_on"])
    audit.record(
        actor=actor,
        verb=Verb.LANE_CHANGED,
        object_type="lane",
        object_ref=slug,
        at=now,
        before=before,
        after={"daily_budget": daily_budget, "is_on": is_on},
    )
    return lane
