"""What is known of the accounts of a group: their cases in every abuse type, and the rings they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cases.enums import CaseState
from signals.enums import Severity, Verdict
from tscore.core import db

REMEMBERED: Final = timedelta(days=90)
CASES_EACH: Final = 20
DEFAULT_ABUSE_TYPE: Final = "account_takeover"
# The rank of a group that nobody has found anything about yet.
QUIET_PROBABILITY: Final = 0.2
_LADDER: Final = [severity.value for severity in Severity]

_STANDINGS: Final = """
SELECT account.id, own.abuse_type_id, own.state, own.severity, own.probability, own.stake_minor, own.opened_at,
       coalesce(decided.verdict, '')
  FROM unnest(%(accounts)s::bigint[]) AS account (id)
 CROSS JOIN LATERAL (
   SELECT c.* FROM cases_case c
    WHERE c.entity_id = account.id AND (c.state <> 'closed' OR c.closed_at >= %(since)s)
    ORDER BY c.opened_at DESC, c.id DESC LIMIT %(each)s) own
  LEFT JOIN LATERAL (
   SELECT decision.verdict FROM cases_decision decision
    WHERE decision.case_id = own.id AND own.state = 'closed' AND decision.supersedes_id IS NULL
      AND NOT EXISTS (SELECT FROM cases_decision later WHERE later.supersedes_id = decision.id)
    ORDER BY decision.id DESC LIMIT 1) decided ON true
 ORDER BY account.id, own.opened_at DESC, own.id DESC
"""

_RINGS: Final = """
SELECT c.id, c.entity_id, c.abuse_type_id, c.state, c.closed_at, array_agg(member.entity_id ORDER BY member.entity_id)
  FROM cases_case c JOIN cases_casemember member ON member.case_id = c.id
 WHERE c.id IN (SELECT held.case_id FROM cases_casemember held WHERE held.entity_id = ANY(%(accounts)s::bigint[]))
 GROUP BY c.id
 ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One case of an account, open or of the last 90 days; `verdict` is that of the decision that stands."""

    account_id: int
    abuse_type: str
    state: str
    severity: str
    probability: float
    stake_minor: int
    opened_at: datetime
    verdict: str

    @property
    def is_open(self) -> bool:
        """Nobody has decided it yet."""
        return self.state != CaseState.CLOSED

    @property
    def is_flagged(self) -> bool:
        """It speaks against the account: open, or decided so."""
        return self.is_open or self.verdict == Verdict.BAD


@dataclass(frozen=True, slots=True)
class KnownRing:
    """A ring's case, open or closed, with its members."""

    case_id: int
    entity_id: int
    abuse_type: str
    state: str
    closed_at: datetime | None
    accounts: frozenset[int]

    @property
    def is_open(self) -> bool:
        """Nobody has closed it yet."""
        return self.state != CaseState.CLOSED


@dataclass(frozen=True, slots=True)
class Rank:
    """What the order of work needs to know of a ring."""

    severity: str
    probability: float
    stake_minor: int


def standings(accounts: Sequence[int], *, now: datetime) -> list[Standing]:
    """Return the cases of accounts, newest first for each."""
    terms = {"accounts": db.array(list(accounts)), "since": now - REMEMBERED, "each": CASES_EACH}
    return [Standing(*row) for row in db.rows(_STANDINGS, terms)]


def rings_of(accounts: Sequence[int]) -> list[KnownRing]:
    """Return the rings that accounts are in, oldest first."""
    found = db.rows(_RINGS, {"accounts": db.array(list(accounts))})
    return [
        KnownRing(pk, entity_id, abuse_type, state, closed_at, frozenset(held))
        for pk, entity_id, abuse_type, state, closed_at, held in found
    ]


def flagged(known: Sequence[Standing]) -> set[int]:
    """Return the accounts that something speaks against."""
    return {standing.account_id for standing in known if standing.is_flagged}


def settled(known: Sequence[Standing], abuse_type: str) -> set[int]:
    """Return the accounts whose newest case of this abuse type was decided against them: nothing is left to decide."""
    newest: dict[int, Standing] = {}
    for standing in known:
        if standing.abuse_type == abuse_type:
            newest.setdefault(standing.account_id, standing)
    return {pk for pk, standing in newest.items() if not standing.is_open and standing.verdict == Verdict.BAD}


def abuse_type_of(known: Sequence[Standing], positions: Mapping[str, int]) -> str:
    """Return the abuse type that speaks against most accounts, the first of several in their fixed order."""
    pairs = {(standing.account_id, standing.abuse_type) for standing in known if standing.is_flagged}
    counts = Counter(abuse_type for _, abuse_type in pairs if abuse_type in positions)
    return min(counts, key=lambda name: (-counts[name], positions[name]), default=DEFAULT_ABUSE_TYPE)


def rank_of(known: Sequence[Standing], abuse_type: str, *, floor_minor: int) -> Rank:
    """Return the rank of a ring: the worst of its members' severity and probability, and all that is at stake."""
    counting = [one for one in known if one.abuse_type == abuse_type and one.is_flagged]
    waiting = [one for one in counting if one.is_open]
    return Rank(
        severity=max((one.severity for one in counting), key=_LADDER.index, default=Severity.MEDIUM.value),
        probability=max((one.probability for one in counting), default=QUIET_PROBABILITY),
        stake_minor=max(floor_minor, sum(one.stake_minor for one in waiting)),
    )
