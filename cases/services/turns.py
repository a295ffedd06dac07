"""Whose turn it is: the best ranked case, and every fourth time the one that has waited longest past its promise.

Expected loss alone can pass over a case for ever, because its growth with time ends at twice the due time. A case that
got there has no next step (`rerank_at` is empty): those few stand in an index of their own, the earliest due first.
So of any 4n hand-outs of a queue by one process n go to that line, whatever else comes in, and a case that joins it
behind r others is handed out within 4(r + 1) more hand-outs.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Final

from cases.models import Case
from cases.services.spared import SPARED_SQL
from tscore.core import audit

EVERY: Final = 4
TOLD: Final = audit.told_sql(
    "claimed",
    object_type="case",
    object_ref="'C-' || claimed.id",
    after="jsonb_build_object('state', claimed.state, 'fence', claimed.fence)",
)
FIELDS: Final = Case._meta.concrete_fields  # of the case that is handed out, in this order

_ALLOWED: Final = f"""
     AND c.id <> ALL (ARRAY(SELECT s.case_id FROM cases_caseskip s WHERE s.actor_id = %(actor)s AND s.until > %(now)s))
     AND (%(leads)s OR c.escalated_at IS NULL)
     AND NOT {SPARED_SQL}"""

# Reads exactly the index case_claim. The skipped cases are read once, as an array, so that nothing disturbs its order;
# expired leases are returned by `release_expired` and are no part of this predicate.
_BEST: Final = f"""best AS MATERIALIZED (
  SELECT c.id FROM cases_case c
   WHERE c.queue_id = %(queue)s AND c.state = 'queued'{_ALLOWED}
   ORDER BY c.priority DESC, c.due_at, c.id
   LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)"""

# Reads exactly the index case_overdue.
_LONGEST: Final = f"""longest AS MATERIALIZED (
  SELECT c.id FROM cases_case c
   WHERE c.queue_id = %(queue)s AND c.state = 'queued' AND c.rerank_at IS NULL{_ALLOWED}
   ORDER BY c.due_at, c.id
   LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)"""

# Taken and told in one step.
_TAKE: Final[str] = f"""claimed AS (
  UPDATE cases_case c
     SET state = 'reviewing', claimed_by_id = %(actor)s, claim_until = statement_timestamp() + %(lease)s,
         fence = c.fence + 1
    FROM candidate WHERE c.id = candidate.id
  RETURNING {", ".join(f"c.{field.column}" for field in FIELDS)}),
told AS ({TOLD})
SELECT {", ".join(f"claimed.{field.column}" for field in FIELDS)} FROM claimed"""

BEST_SQL: Final = f"WITH {_BEST}, candidate AS (SELECT id FROM best), {_TAKE}"

# The second part is run only where the first one finds nothing, so that one case is locked and no other.
LONGEST_SQL: Final = (
    f"WITH {_LONGEST}, {_BEST}, candidate AS MATERIALIZED ("
    f"SELECT id FROM (SELECT id FROM longest UNION ALL SELECT id FROM best) either LIMIT 1), {_TAKE}"
)

_turns: dict[int, itertools.count[int]] = defaultdict(itertools.count)


def next_sql(queue_id: int) -> str:
    """Return the statement of this queue's next hand-out; each process counts for itself."""
    return LONGEST_SQL if next(_turns[queue_id]) % EVERY == EVERY - 1 else BEST_SQL


def begin_anew() -> None:
    """Forget how many hand-outs there were; the next ones are by rank."""
    _turns.clear()
