"""On what an action of a decision works, by section 6 of the interfaces.

An account is the subject, or the party with the subject's role; a payout is every open payout of that account (in
payments: of the sellers of the ticked payments); everything else is what the ticked events name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cases.action_kinds import KINDS, ActionKind
from cases.services.evidence import Evidence, Part, parts_of
from cases.services.subjects import kind_of
from tscore.core import db

# The account behind a subject that is none, and the account whose payouts are meant where it is not the subject's.
PARTY_OF = {"listing": "seller"}
PAID_PARTY_OF = {"buyer": "seller"}

_OPEN_PAYOUTS = """
SELECT DISTINCT payout.id, payout.kind, payout.ref
  FROM signals_involvement part
  JOIN signals_event request ON request.id = part.event_id
  JOIN signals_entity payout ON payout.id = request.entity_id
 WHERE part.entity_id = ANY(%(accounts)s) AND part.kind = 'payout.requested' AND part.superseded_at IS NULL
   AND NOT EXISTS (
     SELECT FROM signals_involvement later
      WHERE later.entity_id = payout.id AND later.superseded_at IS NULL
        AND later.kind IN ('payout.held', 'payout.released', 'payout.paid'))
 ORDER BY payout.id
"""

_NEWEST_PARTY = """
SELECT account.id, account.kind, account.ref
  FROM (SELECT part.event_id FROM signals_involvement part
         WHERE part.entity_id = %(subject)s AND part.superseded_at IS NULL
         ORDER BY part.occurred_at DESC, part.event_id DESC LIMIT 100) seen
  JOIN signals_event event ON event.id = seen.event_id
  JOIN signals_entity account ON account.id = (event.roles ->> %(role)s)::bigint
 ORDER BY event.occurred_at DESC, event.id DESC
 LIMIT 1
"""


def find(
    *, evidence: Evidence, kinds: Sequence[str], unticked: Sequence[int], roles: Sequence[str]
) -> dict[str, list[Part]]:
    """Return the targets of each kind of action, in a fixed order; an empty list where nothing was found.

    Args:
        roles: the subject roles of the case's queue, the proper one first.
    """
    search = _Search(evidence.subject, list(parts_of(evidence.ticked(unticked))), roles)
    return {kind: search.targets(KINDS[kind]) for kind in kinds}


def find_many(
    *, cases: Sequence[tuple[Part, Sequence[Part]]], kinds: Sequence[str], roles: Sequence[str]
) -> dict[str, list[Part]]:
    """Return the targets of each kind of action over many cases of a queue, each target once.

    Args:
        cases: the subject of each, and all parts of all its evidence.
        roles: the subject roles of their queue, the proper one first.
    """
    searches = [_Search(subject, parts, roles) for subject, parts in cases]
    wanted = {target_kind for kind in kinds for target_kind in KINDS[kind].target_kinds}
    found = {
        target_kind: [part for one in searches for part in one.of_kind(target_kind)]
        for target_kind in wanted - {"payout"}
    }
    if "payout" in wanted:
        found["payout"] = _open_payouts([account for one in searches for account in one.paid()])
    return {kind: _once([part for target in KINDS[kind].target_kinds for part in found[target]]) for kind in kinds}


class _Search:
    """One look for targets; what several actions need is read once."""

    def __init__(self, subject: Part, parts: Sequence[Part], roles: Sequence[str]) -> None:
        self.subject, self.parts, self.roles = subject, parts, roles
        self._known: dict[str, list[Part]] = {}

    def targets(self, kind: ActionKind) -> list[Part]:
        found = [target for target_kind in kind.target_kinds for target in self.of_kind(target_kind)]
        return list({target.id: target for target in found}.values())

    def of_kind(self, target_kind: str) -> list[Part]:
        """Return the targets of one kind of entity."""
        if target_kind not in self._known:
            finders = {"account": self._accounts, "payout": self._payouts}
            finder = finders.get(target_kind)
            self._known[target_kind] = finder() if finder else self._named(target_kind)
        return self._known[target_kind]

    def _accounts(self) -> list[Part]:
        if self.subject.kind == "account":
            return [self.subject]
        role = self.roles[0] if kind_of(self.roles[0]) == "account" else PARTY_OF.get(self.roles[0], "account")
        named = self._with_role(role)
        return named or _parts(_NEWEST_PARTY, {"subject": self.subject.id, "role": role}, role)

    def paid(self) -> list[Part]:
        """Return the accounts whose payouts are meant."""
        role = PAID_PARTY_OF.get(self.roles[0])
        return self._with_role(role) if role else self.of_kind("account")

    def _payouts(self) -> list[Part]:
        return _open_payouts(self.paid())

    def _with_role(self, role: str) -> list[Part]:
        return _once([part for part in self.parts if part.role == role and part.kind == "account"])

    def _named(self, kind: str) -> list[Part]:
        return _once([part for part in self.parts if part.kind == kind])


def _open_payouts(accounts: Sequence[Part]) -> list[Part]:
    if not accounts:
        return []
    return _parts(_OPEN_PAYOUTS, {"accounts": [account.id for account in accounts]}, "payout")


def _once(parts: Sequence[Part]) -> list[Part]:
    """Return each entity once, by id, so that locks and ledgers see one order."""
    by_id = {part.id: part for part in parts}
    return [by_id[entity_id] for entity_id in sorted(by_id)]


def _parts(sql: str, params: Mapping[str, object], role: str) -> list[Part]:
    return [Part(role, entity_id, kind, ref) for entity_id, kind, ref in db.rows(sql, dict(params))]
