"""A case as it is put in front of a person, in one statement, because deciding has few statements to spend.

The same records as `case_header`, `what` and `decide` give, without what is read a moment later: notes, the left pane,
past decisions, colleagues, and the targets of actions (the preview names them).
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cases import permissions
from cases.enums import CaseState
from cases.models import Case
from cases.queries import decide
from cases.queries.case_header import lease
from cases.queries.decide import DecidePanel
from cases.queries.doings import DOINGS, Doing, doings
from cases.queries.event_views import EventView, fields_of, newest_first
from cases.queries.names import EntityName, is_token, name_with
from cases.queries.what import SIGNALS, TIMELINE, SignalView, What, reason_line
from cases.services import catalogue, drafts
from signals.models import Entity, Event
from signals.services.intake.entities import aad
from tscore.core import crypto, groups, ids
from tscore.core.db import json_of, rows
from tscore.core.errors import Missing
from tscore.core.models import ErasableKey, User

# How much of a long story is read; a case that rests on more says so.
EVIDENCE, COUNT_CAP, MOST_NEW = 200, 1000, 100
MUTERS: Final = [groups.GROUPS[name] for name in ("lead", "analyst")]

_NAME = """jsonb_build_object('id', {0}.id, 'kind', {0}.kind, 'external_id', {0}.external_id, 'ref', {0}.ref,
  'hub', {0}.hub, 'state', {0}.state, 'value', (SELECT encode(held.ciphertext, 'base64')
    FROM signals_personalvalue held WHERE held.entity_id = {0}.id))"""

_SIGHT = f"""
WITH attached AS MATERIALIZED (
  SELECT signal.id, detector.name AS detector, signal.detector_version, detector.title, detector.base_rates,
         signal.score, signal.severity,
         signal.reasons, signal.techniques, signal.observed_at, link.attached_at, link.id AS place,
         signal.retracted_at IS NOT NULL AS is_retracted,
         ARRAY(SELECT proof.event_id FROM signals_signalevent proof
                WHERE proof.signal_id = signal.id ORDER BY proof.position) AS event_ids
    FROM cases_casesignal link
    JOIN signals_signal signal ON signal.id = link.signal_id
    JOIN signals_detector detector ON detector.id = signal.detector_id
   WHERE link.case_id = %(case)s
   ORDER BY signal.score DESC, signal.id LIMIT {SIGNALS}),
proof AS MATERIALIZED (
  SELECT event.id, event.occurred_at FROM signals_event event
   WHERE event.id IN (SELECT unnest(event_ids) FROM attached WHERE NOT is_retracted)
   ORDER BY event.occurred_at DESC, event.id DESC LIMIT {EVIDENCE}),
recent AS MATERIALIZED (
  SELECT DISTINCT part.occurred_at, part.event_id
    FROM signals_involvement part JOIN cases_case c ON c.id = %(case)s AND part.entity_id = c.entity_id
   WHERE part.superseded_at IS NULL
   ORDER BY part.occurred_at DESC, part.event_id DESC LIMIT {TIMELINE}),
told AS (
  SELECT event.id, event.kind, event.occurred_at, event.observed_at, source.name AS source, event.external_id,
         event.payload, event.amount_base_minor, event.flags, event.id IN (SELECT id FROM proof) AS is_evidence,
         (SELECT jsonb_agg(jsonb_build_array(part.role, {_NAME.format("entity")}) ORDER BY part.role, part.entity_id)
            FROM signals_involvement part JOIN signals_entity entity ON entity.id = part.entity_id
           WHERE part.event_id = event.id) AS entities,
         (SELECT jsonb_agg(jsonb_build_array(said.member, said.text) ORDER BY said.member)
            FROM signals_personaltext said WHERE said.event_id = event.id) AS texts
    FROM signals_event event JOIN signals_source source ON source.id = event.source_id
   WHERE event.id IN (SELECT id FROM proof UNION SELECT event_id FROM recent))
SELECT c.*, c.claim_until - statement_timestamp() AS left, holder.name AS holder_name,
       {_NAME.format("subject")} || jsonb_build_object('first_seen_at', subject.first_seen_at,
         'last_seen_at', subject.last_seen_at, 'state_at', subject.state_at) AS subject,
       (SELECT coalesce(jsonb_agg(attached ORDER BY attached.score DESC, attached.id), '[]') FROM attached) AS findings,
       (SELECT coalesce(jsonb_agg(told), '[]') FROM told) AS told,
       {DOINGS.format(entity="c.entity_id")} AS doings,
       (SELECT coalesce(max(link.id), 0) FROM cases_casesignal link WHERE link.case_id = c.id) AS newest,
       (SELECT coalesce(max(written.id), 0) FROM cases_note written WHERE written.case_id = c.id) AS newest_note,
       (SELECT count(*) FROM (SELECT FROM cases_case other WHERE other.queue_id = c.queue_id AND other.state <> 'closed'
                               LIMIT {COUNT_CAP}) counted) AS open_count,
       EXISTS (SELECT FROM core_user_groups membership JOIN auth_group ON auth_group.id = membership.group_id
                WHERE membership.user_id = %(user)s AND auth_group.name = ANY(%(muters)s)) AS may_mute,
       (SELECT jsonb_build_object('name', author.name, 'at', first.written_at, 'key', encode(held.wrapped, 'base64'),
                                  'body', encode(first.body, 'base64'))
          FROM cases_note first JOIN core_user author ON author.id = first.author_id
          LEFT JOIN core_erasablekey held ON held.id = first.body_key_id
         WHERE c.opened_by_id IS NOT NULL AND first.case_id = c.id ORDER BY first.id LIMIT 1) AS opening,
       EXISTS (SELECT FROM cases_draft draft WHERE draft.case_id = c.id AND draft.actor_id = %(user)s) AS has_draft
  FROM cases_case c
  JOIN signals_entity subject ON subject.id = c.entity_id
  LEFT JOIN core_user holder ON holder.id = c.claimed_by_id
 WHERE c.id = %(case)s
"""

_NEW_SINCE = """
SELECT count(*) FROM (
  SELECT FROM cases_casesignal link JOIN signals_signal signal ON signal.id = link.signal_id
   WHERE link.case_id = %s AND link.id > %s AND signal.retracted_at IS NULL LIMIT %s) counted"""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opened a case by hand, and why in their words (None once erased)."""

    name: str
    at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """One case with its story; `subject` is its entity's name, `open_count` that of its queue, at most COUNT_CAP.

    `newest` is the place of the last finding that joined the case: what joins later has a higher one; `newest_note` the
    same of notes. `may_mute` tells whether this person is shown the way to mute a detector.
    """

    case: Case
    subject: EntityName
    what: What
    doings: list[Doing]
    has_draft: bool
    open_count: int
    newest: int
    newest_note: int
    may_mute: bool
    opening: Opening | None


def see(*, case_id: int, user: User, seen: int | None = None) -> Sight:
    """Return a case with its findings, evidence and time line; findings of a higher place than `seen` are new.

    Raises:
        Missing: no such case, or this person may not see its queue.
    """
    for row in Case.objects.raw(_SIGHT, {"case": case_id, "user": user.pk, "muters": MUTERS}):
        if permissions.may_review(user, row.queue_id):
            return _sight(row, seen)
    raise Missing


def new_since(*, case_id: int, seen: int) -> int:
    """Return how many live findings joined a case after that place, at most 100."""
    return int(rows(_NEW_SINCE, [case_id, seen, MOST_NEW])[0][0])


def panel(sight: Sight, *, user: User) -> DecidePanel:
    """Return what may be decided, effects in general words; only a draft costs a statement."""
    case, known = sight.case, catalogue.current()
    held, is_open = lease(case, user=user), sight.case.state != CaseState.CLOSED
    policies = known.policies_of(case.abuse_type_id)
    effects = decide.general_effects({kind for policy in policies for kind in policy.action_kinds})
    leads = permissions.may_lead(user, case.queue_id)
    return DecidePanel(
        may_decide=held.state == "mine",
        may_claim=is_open and held.state == "free" and (case.escalated_at is None or leads),
        presets=[decide.preset_choice(preset, effects) for preset in known.presets_of(case.queue_id)],
        policies=[decide.policy_choice(policy, effects) for policy in policies],
        past=[],
        draft=drafts.find(case_id=case.pk, actor=user) if is_open and sight.has_draft else None,
        colleagues=[],
    )


def _sight(row: Any, seen: int | None) -> Sight:
    subject, known = json_of(row.subject), catalogue.holding([row.queue_id])
    row.entity = _entity(subject)
    for name in ("first_seen_at", "last_seen_at", "state_at"):
        setattr(row.entity, name, datetime.fromisoformat(subject[name]) if subject[name] else None)
    row.queue, row.abuse_type = known.queues[row.queue_id], known.abuse_types[row.abuse_type_id]
    row.claimed_by = User(pk=row.claimed_by_id, name=row.holder_name) if row.claimed_by_id else None
    signals = [_signal(finding, seen) for finding in json_of(row.findings)]
    triggers = {signal.event_ids[0] for signal in signals if signal.event_ids and not signal.is_retracted}
    names = _Names()
    events = newest_first(_event(event, triggers, names) for event in json_of(row.told))
    evidence = [event for event in events if event.is_evidence]
    new_count = sum(signal.is_new for signal in signals)
    what = What(signals=signals, new_count=new_count, evidence=evidence, timeline=events, notes=[])
    return Sight(
        case=row,
        subject=names.of(subject),
        what=what,
        doings=doings(json_of(row.doings)),
        has_draft=row.has_draft,
        open_count=row.open_count,
        newest=row.newest,
        newest_note=row.newest_note,
        may_mute=row.may_mute,
        opening=_opening(json_of(row.opening)) if row.opening else None,
    )


def _opening(row: Mapping[str, Any]) -> Opening:
    key = ErasableKey(wrapped=b64decode(row["key"])) if row["key"] else None
    text = crypto.open_erasable(key, b64decode(row["body"]))
    return Opening(row["name"], datetime.fromisoformat(row["at"]), text)


def _signal(finding: Mapping[str, Any], seen: int | None) -> SignalView:
    instants = {name: datetime.fromisoformat(finding[name]) for name in ("observed_at", "attached_at")}
    reasons = [reason_line(reason, finding["base_rates"]) for reason in finding["reasons"]]
    is_new = seen is not None and finding["place"] > seen and not finding["is_retracted"]
    told = {name: value for name, value in finding.items() if name != "base_rates"}
    return SignalView(**{**told, **instants, "reasons": reasons, "is_new": is_new})


def _event(event: Mapping[str, Any], triggers: Iterable[int], names: _Names) -> EventView:
    row = Event(kind=event["kind"], payload=event["payload"])
    return EventView(
        id=event["id"],
        ref=ids.row_ref("ev", event["id"]),
        kind=event["kind"],
        occurred_at=datetime.fromisoformat(event["occurred_at"]),
        observed_at=datetime.fromisoformat(event["observed_at"]),
        source=event["source"],
        external_id=event["external_id"],
        entities=[(role, names.of(entity)) for role, entity in event["entities"] or []],
        fields=[(path, _shown(value)) for path, value in fields_of(row)],
        texts=[(member, text) for member, text in event["texts"] or []],
        amount_base_minor=event["amount_base_minor"],
        flags=event["flags"],
        is_evidence=event["is_evidence"],
        is_trigger=event["id"] in triggers,
    )


class _Names:
    """Names by entity: the same few take part in most events, and opening a value costs."""

    def __init__(self) -> None:
        self.known: dict[int, EntityName] = {}

    def of(self, entity: Mapping[str, Any]) -> EntityName:
        """Return the name of an entity as the statement gave it."""
        if entity["id"] not in self.known:
            row, held = _entity(entity), entity["value"]
            value = crypto.open_sealed(b64decode(held), aad(row.kind, row.external_id)) if held else None
            self.known[row.pk] = name_with(row, value)
        return self.known[entity["id"]]


def _entity(values: Mapping[str, Any]) -> Entity:
    named = {name: values[name] for name in ("kind", "external_id", "ref", "hub", "state")}
    return Entity(pk=values["id"], **named)


def _shown(value: str) -> str:
    """Return a value as it stands; of a token, which only a statement more could open, its end."""
    return f"…{value[-6:]}" if is_token(value) else value
