"""Which queue takes a case: the first routing rule that fits, else the default queue of its abuse type.

Asked when a case is opened, when it gets new evidence, when its holder gives it back and when its wait is over. A case
that somebody holds is never pulled away, and an escalated one stays with the leads it was put before.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cases.enums import CaseState
from cases.models import RoutingRule
from cases.services import catalogue, routing_facts, service_levels
from cases.services.routing_facts import CaseFacts
from cases.services.rulebook.rules import BadRule, Rule, first_match, read
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.audit import Entry

logger = logging.getLogger(__name__)

_FREE = (CaseState.QUEUED, CaseState.WAITING)

# A case that is opened in this very step was in no queue before: it is not told as moved.
_MOVE = """
UPDATE cases_case c
   SET queue_id = target.queue_id, routing_rule_id = target.rule_id,
       version = c.version + (target.is_new IS FALSE AND c.queue_id <> target.queue_id)::int
  FROM unnest(%(cases)s::bigint[], %(queues)s::bigint[], %(rules)s::bigint[], %(new)s::boolean[])
       AS target (id, queue_id, rule_id, is_new)
 WHERE c.id = target.id AND c.state IN ('queued', 'waiting')
"""


class _Move(NamedTuple):
    case: CaseFacts
    queue_id: int
    rule_id: int | None
    is_new: bool


def rules() -> list[Rule]:
    """Return all rules in their order, those that are off included."""
    return [_as_rule(row) for row in RoutingRule.objects.select_related("queue").order_by("position", "id")]


@db.transaction_required
def route(*, case_ids: Sequence[int], now: datetime) -> list[int]:
    """Send free cases to their queue; return those that changed it. The caller holds the rows.

    A number of statements that does not grow with the cases, and a single one while there are no rules. Due time and
    rank follow the promise of the new queue; the audit trail says which rule moved what.
    """
    known = rules() if case_ids else []
    if not known:
        return []
    moves = [move for case in routing_facts.of_cases(case_ids) if (move := _move(case, known, now))]
    if not moves:
        return []
    db.rows(
        _MOVE,
        {
            "cases": [move.case.id for move in moves],
            "queues": [move.queue_id for move in moves],
            "rules": [move.rule_id for move in moves],
            "new": [move.is_new for move in moves],
        },
    )
    changed = [move for move in moves if move.queue_id != move.case.queue_id]
    _tell([move for move in changed if not move.is_new], now)
    service_levels.settle(case_ids=[move.case.id for move in changed], now=now)
    return [move.case.id for move in changed]


def target(case: CaseFacts, among: Sequence[Rule]) -> tuple[int, int | None]:
    """Return the queue of a case and the rule that says so (None: the default queue)."""
    rule = first_match(among, case.facts)
    if rule is not None:
        return rule.queue_id, rule.id or None
    queue = catalogue.current().queue_of(str(case.facts["abuse_type"]))
    return (queue.pk if queue else case.queue_id), None


def _as_rule(row: RoutingRule) -> Rule:
    """Return a stored rule; one that asks what can no longer be asked counts as off, so that cases still get a home."""
    try:
        conditions, is_on = read(row.conditions), row.is_on
    except BadRule:
        logger.exception("Routing rule %s cannot be read and takes no case", row.pk)
        conditions, is_on = (), False
    return Rule(row.pk, row.name, row.queue_id, row.queue.abuse_type_id, conditions, is_on)


def _move(case: CaseFacts, known: Sequence[Rule], now: datetime) -> _Move | None:
    if case.state not in _FREE or case.is_escalated:
        return None
    queue_id, rule_id = target(case, known)
    if (queue_id, rule_id) == (case.queue_id, case.rule_id):
        return None
    return _Move(case, queue_id, rule_id, is_new=case.opened_at == now)


def _tell(moves: Sequence[_Move], now: datetime) -> None:
    if not moves:
        return
    slugs = catalogue.holding([move.queue_id for move in moves]).queues
    audit.record_many(
        [
            Entry(
                actor=None,
                actor_name="system:route",
                verb=Verb.CASE_ROUTED,
                object_type="case",
                object_ref=f"C-{move.case.id}",
                at=now,
                before={"queue": slugs[move.case.queue_id].slug},
                after={"queue": slugs[move.queue_id].slug, "rule": move.rule_id},
            )
            for move in moves
        ]
    )
