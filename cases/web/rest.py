"""What is not needed to decide, read part by part, so that one whose source fails says so and the others stand."""

from __future__ import annotations

from typing import Any, Final

from cases import permissions
from cases.enums import CaseState
from cases.models import Case
from cases.queries import mutes, past, ring_page, similar, who
from cases.queries.event_views import EventView
from cases.queries.notes import notes_of
from cases.queries.sight import Sight
from cases.web import event_words, panels, sections, timeline
from cases.web.zones import zone_of
from tscore.core.http import HtmxRequest
from tscore.core.models import User

PARTS: Final = ("later", "who", "similar", "notes", "people", "muted", "rings", "past")
FIRST_EVIDENCE: Final = 60


class Rest:
    """The parts of one case as a person may see them; each is read when it is asked for."""

    def __init__(self, case: Case, user: User, seen: Sight | None = None) -> None:
        self.case, self.user, self.seen = case, user, seen

    @property
    def later(self) -> list[panels.Fact]:
        """The facts of the type panel that need history."""
        return panels.later(self.case.abuse_type_id, self.seen.what) if self.seen else []

    @property
    def who(self) -> who.Who:
        """Whom the case is about, with links and other cases."""
        return who.who(case=self.case)

    @property
    def similar(self) -> list[similar.Similar]:
        """Closed cases like this one; none where findings are hidden, because they are compared by findings."""
        return [] if self.case.hides_findings else similar.similar_to(case=self.case, queue_ids=self._queue_ids())

    @property
    def notes(self) -> list[Any]:
        """What people noted."""
        return notes_of(self.case, queue_ids=self._queue_ids())

    @property
    def people(self) -> list[tuple[int, str]]:
        """Who can be told of a new note, and to whom a case under review can be handed."""
        return [found for found in permissions.reviewers_of(self.case.queue_id) if found[0] != self.user.pk]

    @property
    def muted(self) -> Any:
        """Findings that are muted."""
        return mutes.muted_in(self.case)

    @property
    def rings(self) -> Any:
        """Rings that the subject belongs to."""
        return ring_page.rings_about(entity_id=self.case.entity_id, user=self.user)

    @property
    def past(self) -> list[past.PastDecision]:
        """Decisions on the case."""
        return past.past_decisions(case=self.case, user=self.user)

    def _queue_ids(self) -> list[int]:
        return [queue.pk for queue in permissions.queues_of(self.user)]


def rest(request: HtmxRequest, seen: Sight) -> dict[str, Any]:
    """Return what a case rests on, what happened, who it is about, links, likes of it, notes and past decisions.

    `failed` names the parts that could not be read.
    """
    values, failed = sections.read(Rest(seen.case, request.user, seen), PARTS)
    if "later" in failed:
        values["later"] = panels.unread(seen.case.abuse_type_id)
    return {
        "has_rest": True,
        "failed": failed,
        "is_blind": seen.case.hides_findings,
        "raw": raw(seen),
        "colleagues": _colleagues(seen.case, values),
        **evidence(seen),
        **timeline.context(seen, zone=zone_of(request), chosen=request.GET.get("events", "")),
        **values,
    }


def raw(seen: Sight) -> list[EventView]:
    """Return the newest events of the evidence as they were sent."""
    return seen.what.evidence[:FIRST_EVIDENCE]


def evidence(seen: Sight) -> dict[str, Any]:
    """Return the newest events of the evidence, their ids as the form sends them along, and how many are left out."""
    shown = raw(seen)
    return {
        "evidence": [event_words.line(event) for event in shown],
        "hidden_evidence": len(seen.what.evidence) - len(shown),
        "shown": ",".join(str(event.id) for event in shown),
    }


def notes(request: HtmxRequest, case: Case) -> dict[str, Any]:
    """Return the notes, who can be told of a new one, and to whom a case under review can be handed."""
    values, failed = sections.read(Rest(case, request.user), ("notes", "people"))
    return {"failed": failed, "colleagues": _colleagues(case, values), **values}


def _colleagues(case: Case, values: dict[str, Any]) -> list[tuple[int, str]]:
    return values.get("people", []) if case.state == CaseState.REVIEWING else []
