"""Decided cases to practise on: which comes next, what was in front of the decider, how the answers differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cases import permissions
from cases.action_kinds import KINDS
from cases.enums import CaseState
from cases.models import Decision, PracticeAnswer
from cases.queries.event_views import EventView
from cases.queries.names import EntityName
from cases.queries.sight import Sight
from signals.services.rings import RING
from tscore.core import db
from tscore.core.errors import Missing
from tscore.core.models import User

# So many of the last closed cases of each queue are practised on.
CASES = 100

# In an order of the person's own, those never answered first, then those answered longest ago. Neither one's own
# decisions nor those of a bulk job, which nobody looked at one by one.
_NEXT = f"""
SELECT made.id
  FROM unnest(%(queues)s::bigint[]) AS queue (id)
 CROSS JOIN LATERAL (
    SELECT c.id, c.entity_id FROM cases_case c WHERE c.queue_id = queue.id AND c.state = 'closed'
     ORDER BY c.closed_at DESC, c.id DESC LIMIT {CASES}) c
  JOIN signals_entity subject ON subject.id = c.entity_id AND subject.kind <> %(ring)s
  JOIN cases_decision made ON made.case_id = c.id AND made.supersedes_id IS NULL AND made.actor_id <> %(person)s
  LEFT JOIN cases_practiceanswer given ON given.decision_id = made.id AND given.person_id = %(person)s
 WHERE NOT EXISTS (SELECT FROM cases_decision later WHERE later.supersedes_id = made.id)
   AND NOT EXISTS (SELECT FROM cases_bulkitem bulk WHERE bulk.decision_id = made.id)
 ORDER BY given.answered_at NULLS FIRST, md5(%(person)s || ':' || made.id), made.id
 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record, as the person answered it and as it was decided."""

    name: str
    yours: str
    decided: str
    is_same: bool


def next_id(user: User) -> int | None:
    """Return the decision a person practises on next, or None where there is none."""
    queue_ids = [queue.pk for queue in permissions.queues_of(user)]
    found = db.rows(_NEXT, {"queues": queue_ids, "person": user.pk, "ring": RING})
    return int(found[0][0]) if found else None


def standing(*, decision_id: int, user: User) -> Decision:
    """Return a decision that stands on a case this person may see, or raise Missing."""
    rows = Decision.objects.filter(pk=decision_id, supersedes=None, superseded_by=None)
    decision = rows.select_related("case", "policy", "reason").prefetch_related("actions").first()
    if decision is None or not permissions.may_review(user, decision.case.queue_id):
        raise Missing
    return decision


def answer_of(*, decision: Decision, user: User) -> PracticeAnswer | None:
    """Return what this person answered to a decision, if anything."""
    return PracticeAnswer.objects.filter(decision=decision, person=user).select_related("policy", "reason").first()


def differences(answer: PracticeAnswer, decision: Decision) -> list[Part]:
    """Return the answer beside the decision, part by part; of actions only those that had something to act on."""
    done = dict.fromkeys(action.kind for action in decision.actions.all() if action.reverses_id is None)
    pairs = (
        ("Policy", answer.policy.name, decision.policy.name),
        ("Actions", _names(answer.action_kinds), _names(done)),
        ("Label", answer.label_class, decision.label_class),
        ("Reason", answer.reason.name, decision.reason.name if decision.reason else "not known"),
    )
    return [Part(name, yours, decided, yours == decided) for name, yours, decided in pairs]


def before_decision(seen: Sight, *, at: datetime) -> Sight:
    """Return a case as it stood before it was decided: nothing that was received, found or done since."""
    what = seen.what
    seen.case.state = CaseState.QUEUED
    signals = [replace(signal, is_new=False) for signal in what.signals if signal.attached_at <= at]
    evidence, timeline = (
        [_stateless(one) for one in many if _before(one, at)] for many in (what.evidence, what.timeline)
    )
    story = replace(what, signals=signals, new_count=0, evidence=evidence, timeline=timeline)
    doings = [doing for doing in seen.doings if doing.at < at]
    return replace(seen, what=story, subject=_unmarked(seen.subject), doings=doings)


def _before(event: EventView, at: datetime) -> bool:
    return event.occurred_at <= at and event.observed_at <= at


def _stateless(event: EventView) -> EventView:
    return replace(event, entities=[(role, _unmarked(name)) for role, name in event.entities])


def _unmarked(name: EntityName) -> EntityName:
    return replace(name, state="")


def _names(kinds: object) -> str:
    return ", ".join(sorted(KINDS[kind].name for kind in kinds)) or "none"  # type: ignore[attr-defined]
