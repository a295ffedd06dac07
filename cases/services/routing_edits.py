"""Changes of the routing rules: tried out on the last days before they are saved, and told in the trail."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from cases import permissions
from cases.models import Queue, RoutingRule
from cases.services import catalogue, routing, routing_facts
from cases.services.rulebook.rules import Condition, Rule, moved, switched, written
from cases.services.rulebook.warnings import Warning as Oddness
from cases.services.rulebook.warnings import warnings
from cases.verbs import Verb
from tscore.core import audit, db, groups
from tscore.core.errors import Conflict, FieldProblem, Invalid, Missing
from tscore.core.models import User

DAYS: Final = 7
# A dry run looks at this many cases at most, the newest first, and says so.
MOST_CASES: Final = 10_000
MOST_RULES: Final = 100
_LOCK: Final = 7_261_001


class RulesChanged(Conflict):
    """Somebody changed the routing rules meanwhile. Look at them again and repeat your change."""


class TooManyRules(Invalid):
    """There are 100 rules already. Edit one that is off instead of adding one."""


class What(StrEnum):
    """The ways to change the list."""

    ADD = "add"
    EDIT = "edit"
    UP = "up"
    DOWN = "down"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the list; a new rule is added at the end. What is not edited is left empty."""

    what: What
    rule_id: int = 0
    name: str = ""
    queue_id: int = 0
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """What one queue got, and would get, of the cases looked at; `grave` counts those of high and critical severity."""

    queue: Queue
    now: int
    then: int
    grave_now: int
    grave_then: int

    @property
    def difference(self) -> int:
        """Tell how many cases more (or less, if negative) the queue would get."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class DryRun:
    """The load of each queue over the last days by the rules as they are and as they would be.

    `looked_at` of `opened` cases were looked at, the newest; `moved` of them would be in another queue.
    """

    loads: list[Load]
    looked_at: int
    opened: int
    moved: int


def apply(rules: Sequence[Rule], change: Change) -> list[Rule]:
    """Return the rules after a change.

    Raises:
        Missing: there is no such rule.
    """
    if change.what is What.ADD:
        return [*rules, _as_rule(change)]
    if all(rule.id != change.rule_id for rule in rules):
        raise Missing
    match change.what:
        case What.EDIT:
            return [
                replace(_as_rule(change), id=rule.id, is_on=rule.is_on) if rule.id == change.rule_id else rule
                for rule in rules
            ]
        case What.UP | What.DOWN:
            return moved(rules, rule_id=change.rule_id, steps=-1 if change.what is What.UP else 1)
    return switched(rules, rule_id=change.rule_id, is_on=change.what is What.ON)


def oddities(rules: Sequence[Rule]) -> list[Oddness]:
    """Return what is odd about a list, knowing which queues take what no rule sends elsewhere."""
    return warnings(rules, default_of={queue.abuse_type_id: queue.pk for queue in catalogue.current().defaults()})


def fingerprint(rules: Iterable[Rule]) -> str:
    """Return a word that is another for every other list of rules."""
    content = [[rule.id, rule.name, rule.queue_id, rule.is_on, written(rule.conditions)] for rule in rules]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def dry_run(*, before: Sequence[Rule], after: Sequence[Rule], now: datetime) -> DryRun:
    """Return where the cases opened in the last seven days would be, by what is known of them now."""
    opened, ids = _recent(now)
    facts = routing_facts.of_cases(ids)
    was = [routing.target(case, before)[0] for case in facts]
    would_be = [routing.target(case, after)[0] for case in facts]
    grave = [case.facts["severity"] in ("high", "critical") for case in facts]
    counts = Counter(was), Counter(would_be), _of(was, grave), _of(would_be, grave)
    loads = [
        Load(queue, *(count[queue.pk] for count in counts))
        for queue in catalogue.holding({*was, *would_be}).queues.values()
    ]
    changed = sum(one != other for one, other in zip(was, would_be, strict=True))
    return DryRun(loads, looked_at=len(facts), opened=opened, moved=changed)


def save(*, change: Change, seen: str, actor: User, now: datetime) -> RoutingRule:
    """Change the rules, if they are still the ones that were looked at.

    Raises:
        RulesChanged: they are not.
        LeadsOnly: the person neither leads the queue the rule leads to, nor administers.
        Missing, TooManyRules, BadRule: the change cannot be made.
    """

    def saved() -> RoutingRule:
        db.rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        before = routing.rules()
        if fingerprint(before) != seen:
            raise RulesChanged
        after = apply(before, change)
        _require_rights(actor, change, before)
        if len(after) > MOST_RULES:
            raise TooManyRules
        return _store(before, after, change, actor, now)

    return db.in_any_transaction(saved)


def _as_rule(change: Change) -> Rule:
    queue = catalogue.holding([change.queue_id]).queues.get(change.queue_id)
    if queue is None:
        raise Invalid("Choose a queue.", fields=[FieldProblem("queue", "invalid", "Choose a queue.")])
    return Rule(0, change.name, queue.pk, queue.abuse_type_id, change.conditions)


def _of(queues: Sequence[int], chosen: Sequence[bool]) -> Counter[int]:
    return Counter(queue for queue, is_chosen in zip(queues, chosen, strict=True) if is_chosen)


def _recent(now: datetime) -> tuple[int, list[int]]:
    """Return how many cases were opened in the last days, and the newest of them."""
    terms = {"since": now - timedelta(days=DAYS), "now": now}
    where = "FROM cases_case WHERE opened_at > %(since)s AND opened_at <= %(now)s"
    [(opened,)] = db.rows(f"SELECT count(*) {where}", terms)
    return opened, [row[0] for row in db.rows(f"SELECT id {where} ORDER BY id DESC LIMIT {MOST_CASES}", terms)]


def _require_rights(actor: User, change: Change, before: Sequence[Rule]) -> None:
    if groups.is_in(actor, "admin"):
        return
    touched = {change.queue_id} if change.queue_id else set()
    for queue_id in touched | {rule.queue_id for rule in before if rule.id == change.rule_id}:
        permissions.require_lead(actor, queue_id)


def _store(before: Sequence[Rule], after: Sequence[Rule], change: Change, actor: User, now: datetime) -> RoutingRule:
    stored = {row.pk: row for row in RoutingRule.objects.all()}
    told = stored.get(change.rule_id)
    was = _told(told) if told else None
    for position, rule in enumerate(after, start=1):
        row = stored.get(rule.id)
        if row is None:
            row = told = RoutingRule(position=position, changed_at=now, version=0)
        elif row.position == position and rule in before:
            continue
        if row is told:
            row.version, row.changed_at = row.version + 1, now
        row.position, row.name, row.queue_id, row.is_on = position, rule.name, rule.queue_id, rule.is_on
        row.conditions = written(rule.conditions)
        row.save()
    assert told is not None
    audit.record(
        actor=actor, verb=Verb.ROUTING_CHANGED, object_type="routing_rule", object_ref=f"rule-{told.pk}", at=now,
        before=was, after={"change": str(change.what), **_told(told)},
    )  # fmt: skip
    return told


def _told(row: RoutingRule) -> dict[str, Any]:
    return {
        "version": row.version, "place": row.position, "name": row.name, "queue": row.queue_id, "is_on": row.is_on,
        "conditions": row.conditions,
    }  # fmt: skip
