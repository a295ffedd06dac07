"""What a case file is made of, for whoever may have one. Bounded lists; what is too much is said, not dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases import permissions
from cases.models import Case, Decision, EvidenceSnapshot
from cases.queries.audit import AuditRow, entries_of
from cases.queries.names import EntityName, names_of
from cases.queries.past import is_reversed
from cases.queries.what import What, what
from cases.queries.who import Linked, linked_to
from cases.services import catalogue
from tscore.core import db, groups
from tscore.core.errors import Missing
from tscore.core.models import User

ENTRIES = 500

_ASKED = """
SELECT action.decision_id, entity.kind, action.kind, action.state, action.created_at, action.settled_at
  FROM cases_action action JOIN signals_entity entity ON entity.id = action.entity_id
  JOIN cases_decision decision ON decision.id = action.decision_id
 WHERE decision.case_id = %s ORDER BY action.id
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """One action of a decision and how far it got."""

    target: str
    kind: str
    state: str
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """One decision; `decider` is a name, `pseudonym` the word for it outside; `sha256` covers the evidence as seen."""

    decider: str
    pseudonym: str
    decided_at: datetime
    policy: str
    verdict: str
    label_class: str
    reason: str
    is_reversal: bool
    is_reversed: bool
    sha256: str
    effects: list[Effect]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything at once, newest first; `is_blind` says that findings may not be shown yet."""

    case: Case
    subject: EntityName
    abuse_name: str
    queue_name: str
    is_blind: bool
    records: list[Record]
    what: What
    linked: list[Linked]
    entries: list[AuditRow]


def case_for_file(user: User, case_id: int) -> Case:
    """Return a case of which this person may have a file: of their queues, or any for auditors.

    Raises:
        Missing: no such case for this person.
    """
    case = Case.objects.select_related("entity", "abuse_type", "queue").filter(pk=case_id).first()
    if case is None or not (may_open_values(user, case) or groups.is_in(user, "auditor")):
        raise Missing
    return case


def may_open_values(user: User, case: Case) -> bool:
    """Tell whether a file for this person may hold personal values: they see them on the case as well."""
    return permissions.may_review(user, case.queue_id)


def material(*, case: Case, opened: bool) -> Material:
    """Return what a file of this case can hold; personal values only if `opened`."""
    known = catalogue.holding([case.queue_id])
    return Material(
        case=case,
        subject=names_of([case.entity], opened=opened)[case.entity_id],
        abuse_name=known.abuse_types[case.abuse_type_id].name,
        queue_name=known.queues[case.queue_id].name,
        is_blind=case.hides_findings,
        records=_records(case),
        what=what(case=case, opened=opened),
        linked=linked_to(case.entity, opened=opened),
        entries=entries_of(object_type="case", object_ref=case.ref, limit=ENTRIES),
    )


def _records(case: Case) -> list[Record]:
    effects: dict[int, list[Effect]] = {}
    for decision_id, *values in db.rows(_ASKED, [case.pk]):
        effects.setdefault(decision_id, []).append(Effect(*values))
    made = list(Decision.objects.filter(case=case).select_related("actor", "superseded_by").order_by("-pk"))
    seals = dict(EvidenceSnapshot.objects.filter(decision__in=made).values_list("decision_id", "sha256"))
    return [_record(one, bytes(seals.get(one.pk, b"")).hex(), effects.get(one.pk, [])) for one in made]


def _record(decision: Decision, sha256: str, effects: list[Effect]) -> Record:
    known = catalogue.current()
    reason = known.reasons.get(decision.reason_id or 0)
    return Record(
        decider=decision.actor.name,
        pseudonym=decision.actor.pseudonym,
        decided_at=decision.decided_at,
        policy=str(known.policies[decision.policy_id]),
        verdict=decision.verdict,
        label_class=decision.label_class,
        reason=reason.name if reason else "",
        is_reversal=decision.supersedes_id is not None,
        is_reversed=is_reversed(decision),
        sha256=sha256,
        effects=effects,
    )
