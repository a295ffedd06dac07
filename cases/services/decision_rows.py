"""The rows of one decision: decision, evidence as seen, actions, labels, audit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from cases import messages
from cases.action_kinds import ActionKind
from cases.enums import ActionMode, ActionState
from cases.models import Case, Decision
from cases.services import catalogue, notes
from cases.services.choices import Choice
from cases.services.evidence import Evidence, Part, Proof
from cases.verbs import Verb
from signals.enums import LabelSource, Lane
from signals.models import Entity, Event
from signals.services import labels
from signals.services.labels import LabelDraft
from tscore.core import audit, ids
from tscore.core.db import transaction_required
from tscore.core.models import User

FIRST_STATE = {
    ActionMode.REVERSIBLE: ActionState.PENDING,
    ActionMode.ONCE: ActionState.PENDING,
    ActionMode.HELD: ActionState.HELD,
    ActionMode.IRREVERSIBLE: ActionState.PROPOSED,
}

# Held effects wait by the real clock, whatever `now` says: it is time for a person to think again.
_WRITE = f"""
WITH decided AS (
  INSERT INTO cases_decision (case_id, actor_id, policy_id, verdict, label_class, reason_id, seen_version, case_fence,
                              decided_at)
  VALUES (%(case)s, %(actor)s, %(policy)s, %(verdict)s, %(label_class)s, %(reason)s, %(seen)s, %(fence)s, %(now)s)
  RETURNING *),
snapshot AS (
  INSERT INTO cases_evidencesnapshot (decision_id, body, sha256)
  SELECT decided.id, %(body)s::jsonb, %(sha256)s FROM decided),
asked AS (
  INSERT INTO cases_action (public_id, decision_id, entity_id, kind, parameters, state, created_at, next_at)
  SELECT wanted.public_id, decided.id, wanted.entity_id, wanted.kind, wanted.parameters, wanted.state, %(now)s,
         CASE WHEN wanted.state = 'held' THEN statement_timestamp() + %(hold)s END
    FROM decided, jsonb_to_recordset(%(actions)s::jsonb) AS wanted
           (public_id text, entity_id bigint, kind text, parameters jsonb, state text)),
closed AS (
  UPDATE cases_case SET state = 'closed', closed_at = %(now)s, claimed_by_id = NULL, claim_until = NULL,
         rerank_at = NULL, version = version + 1
   WHERE id = %(case)s),
{notes.INSERT}
SELECT decided.*, (SELECT id FROM noted) AS note_id FROM decided
"""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a reviewer sent."""

    case_id: int
    actor: User
    seen_version: int
    fence: int
    policy_id: int
    action_kinds: Sequence[str]
    label_class: str
    reason_id: int
    unticked: Sequence[int]
    note: str
    now: datetime
    days: int = 0  # how long what has an end lasts; 0: until it is taken back
    language: str = ""  # of the message to the user; empty: the person's, where it is known
    members: Sequence[dict[str, Any]] = ()  # of a ring, as they were seen
    bulk: str = ""  # the job that decides this case together with others, as in B-12


def actions(
    case: Case, proof: Evidence, choice: Choice, found: dict[str, list[Part]], order: Order
) -> list[dict[str, Any]]:
    """Return one row per kind and target; the public id follows from the case in a demo world."""
    about = (proof.subject.ref, case.abuse_type_id, case.opened_at.isoformat(), str(case.fence))
    return [
        {
            "public_id": ids.new_id("act", *about, kind.kind, target.ref),
            "entity_id": target.id,
            "kind": kind.kind,
            "parameters": parameters(kind, choice, order, country=proof.country),
            "state": FIRST_STATE[kind.mode],
        }
        for kind in choice.kinds
        for target in found[kind.kind]
    ]


def parameters(kind: ActionKind, choice: Choice, order: Order, *, country: str) -> dict[str, Any]:
    """Return what goes out with an action: its end where it may have one, the message where it carries one."""
    if kind.has_end:
        return {"until": (order.now + timedelta(days=order.days)).isoformat() if order.days else None}
    if kind.kind not in messages.CARRIERS:
        return {}
    kinds = [one.kind for one in choice.kinds]
    language = order.language or messages.language_of(carrier=kind.kind, country=country)
    text = messages.text(policy=choice.policy.slug, carrier=kind.kind, kinds=kinds, language=language)
    return {"notice": {"language": language, "text": text}}


@transaction_required
def write(case: Case, proof: Evidence, order: Order, choice: Choice, actions: Sequence[dict[str, Any]]) -> Decision:
    """Store the decision, what was seen, its effects and its note, and close the case, in one statement."""
    text = order.note.strip()
    note = notes.seal(text, order.now, case=case, author=order.actor) if text else notes.SealedNote()
    seen = _snapshot(case, proof, order.unticked) | ({"members": list(order.members)} if order.members else {})
    body = json.dumps(seen, sort_keys=True, separators=(",", ":"))
    terms = {
        "case": case.pk,
        "actor": order.actor.pk,
        "policy": choice.policy.pk,
        "verdict": choice.verdict,
        "label_class": choice.label_class,
        "reason": choice.reason.pk,
        "seen": order.seen_version,
        "fence": case.fence,
        "now": order.now,
        "body": body,
        "sha256": hashlib.sha256(body.encode()).digest(),
        "actions": json.dumps(actions),
        "hold": settings.HOLD_BULK_EFFECTS if order.bulk else settings.HOLD_EFFECTS,
        **note.terms,
    }
    return next(iter(Decision.objects.raw(_WRITE, terms)))


def _snapshot(case: Case, proof: Evidence, unticked: Sequence[int]) -> dict[str, Any]:
    """Return what was seen, by reference: ids, tokens and MACs of contents, never a personal value."""
    return {
        "case": {"ref": case.ref, "version": case.version, "severity": case.severity, "stake_minor": case.stake_minor},
        "subject": {"kind": proof.subject.kind, "ref": proof.subject.ref},
        "signals": [
            {
                "signal": ids.row_ref("sg", finding.id),
                "detector": f"{finding.detector}@{finding.version}",
                "score": finding.score,
                "severity": finding.severity,
                "content_mac": finding.content_mac,
            }
            for finding in proof.findings
        ],
        "events": [
            {
                "source": event.source,
                "id": event.external_id,
                "recordedtime": event.observed_at.isoformat(),
                "content_mac": event.content_mac,
                "ticked": event.id not in set(unticked),
            }
            for event in proof.proofs
        ],
    }


@transaction_required
def label(case: Case, decision: Decision, ticked: Sequence[Proof], order: Order, choice: Choice) -> None:
    """State the truth of the subject, as of the decision, and of every ticked event, as of its own time."""
    judged: list[tuple[str, Event | None, datetime]] = [("subject", None, order.now)]
    judged += [(ids.row_ref("ev", event.id), Event(pk=event.id), event.occurred_at) for event in ticked]
    drafts = [
        LabelDraft(
            external_id=external_id,
            entity=Entity(pk=case.entity_id),
            event=event,
            abuse_type=catalogue.current().abuse_types[case.abuse_type_id],
            verdict=choice.verdict,
            label_class=choice.label_class,
            source=LabelSource.REVIEWER,
            actor=order.actor.pseudonym,
            reason=choice.reason.slug,
            occurred_at=occurred_at,
            known_at=order.now,
            lane=Lane.BULK if order.bulk else case.lane,
            inclusion_probability=case.inclusion_probability,
            origin=f"decision:{decision.pk}",
        )
        for external_id, event, occurred_at in judged
    ]
    labels.record_many(drafts, now=order.now)


@transaction_required
def record(case: Case, decision: Decision, choice: Choice, actions: Sequence[dict[str, Any]], order: Order) -> None:
    """Write the audit rows: the note, where there is one, then the decision."""
    note_id: int | None = decision.note_id  # type: ignore[attr-defined]
    noted = [notes.entry(case=case, author=order.actor, note_id=note_id, now=order.now)] if note_id else []
    decided = audit.Entry(
        actor=order.actor,
        verb=Verb.CASE_DECIDED,
        object_type="case",
        object_ref=case.ref,
        at=order.now,
        before={"state": str(case.state), "version": case.version, "fence": case.fence},
        after={
            "decision": decision.pk,
            "policy": str(choice.policy),
            "verdict": choice.verdict,
            "label_class": choice.label_class,
            "actions": [action["public_id"] for action in actions],
        }
        | ({"bulk": order.bulk} if order.bulk else {}),
        reason=choice.reason.slug,
    )
    audit.record_many([*noted, decided])
