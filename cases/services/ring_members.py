"""The members of a ring as they stand now: what each one's own case says, and what is left to decide. One statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.enums import CaseState
from signals.enums import Verdict
from tscore.core import db

# An account's own case is its newest of the ring's abuse type. Decisions that were taken back do not stand.
_MEMBERS: Final = """
SELECT member.id, member.entity_id, member.shared, member.added_at, member.added_at > ring.opened_at, member.command,
       ring.opened_at, own.id, coalesce(own.state, ''), coalesce(own.version, 0), coalesce(own.severity, ''),
       coalesce(own.stake_minor, 0), own.queue_id,
       CASE WHEN own.state = 'reviewing' AND own.claim_until > statement_timestamp() THEN own.claimed_by_id END,
       coalesce(holder.name, ''), decided.id, coalesce(decided.verdict, ''), coalesce(decided.label_class, ''),
       decided.decided_at, decided.policy_id, decided.reason_id, coalesce(decider.name, '')
  FROM cases_casemember member
  JOIN cases_case ring ON ring.id = member.case_id
  LEFT JOIN LATERAL (
    SELECT c.* FROM cases_case c WHERE c.entity_id = member.entity_id AND c.abuse_type_id = ring.abuse_type_id
     ORDER BY c.opened_at DESC, c.id DESC LIMIT 1) own ON true
  LEFT JOIN core_user holder ON holder.id = own.claimed_by_id
  LEFT JOIN LATERAL (
    SELECT decision.* FROM cases_decision decision
     WHERE decision.case_id = own.id AND own.state = 'closed' AND decision.supersedes_id IS NULL
       AND NOT EXISTS (SELECT FROM cases_decision later WHERE later.supersedes_id = decision.id)
     ORDER BY decision.id DESC LIMIT 1) decided ON true
  LEFT JOIN core_user decider ON decider.id = decided.actor_id
 WHERE member.case_id = %(case)s
 ORDER BY member.entity_id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One account of a ring; `version` is that of its own open case, 0 where it has none."""

    id: int
    entity_id: int
    shared: Sequence[int]
    added_at: datetime
    is_new: bool
    command: str
    ring_opened_at: datetime
    case_id: int | None
    case_state: str
    case_version: int
    severity: str
    stake_minor: int
    queue_id: int | None
    holder_id: int | None
    holder_name: str
    decision_id: int | None
    verdict: str
    label_class: str
    decided_at: datetime | None
    policy_id: int | None
    reason_id: int | None
    decider_name: str

    @property
    def has_open_case(self) -> bool:
        """Its own case waits or is being reviewed."""
        return self.case_id is not None and self.case_state != CaseState.CLOSED

    @property
    def version(self) -> int:
        """What a decider must have seen of it."""
        return self.case_version if self.has_open_case else 0

    @property
    def is_decided(self) -> bool:
        """A decision stands: one since the ring was found, or an earlier one against the account."""
        if self.decided_at is None:
            return False
        return self.verdict == Verdict.BAD or self.decided_at >= self.ring_opened_at


def of(case_id: int) -> list[Member]:
    """Return the members of a ring; of any other case, none."""
    return [Member(*row) for row in db.rows(_MEMBERS, {"case": case_id})]


def undecided(members: Sequence[Member]) -> list[Member]:
    """Return the members that wait for a decision."""
    return [member for member in members if not member.is_decided]
