"""How long a case took, as a browser measured it, bounded by what the server saw itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tscore.core import db
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST_MS: Final = 24 * 60 * 60 * 1000
LONGEST_PAINT_MS: Final = 60_000

# Counted from the person's last claim of this case, in the trail; who never held it adds nothing. A page that was
# reloaded sends its parts one after the other: they add up, and never to more than there was time.
_ADD: Final = """
WITH held AS (
  SELECT c.id, c.queue_id, taken.at AS claimed_at, %(now)s AS left_at,
         (extract(epoch FROM %(now)s - taken.at) * 1000)::bigint AS claimed_ms
    FROM cases_case c
   CROSS JOIN LATERAL (
     SELECT trail.at FROM core_auditevent trail
      WHERE trail.object_type = 'case' AND trail.object_ref = 'C-' || c.id
        AND (trail.verb = 'case.claimed' AND trail.actor_id = %(actor)s
             OR trail.verb = 'case.handed_over' AND trail.after -> 'to' = to_jsonb(%(actor)s::bigint))
      ORDER BY trail.id DESC LIMIT 1) taken
   WHERE c.id = %(case)s AND taken.at <= %(now)s)
INSERT INTO cases_casetime AS known
       (case_id, queue_id, actor_id, claimed_at, left_at, claimed_ms, active_ms, idle_ms, first_input_ms, submitted_ms,
        painted_ms)
SELECT id, queue_id, %(actor)s, claimed_at, left_at, claimed_ms, least(%(active)s, claimed_ms),
       least(%(idle)s, greatest(claimed_ms - %(active)s, 0)), %(first)s, %(submitted)s, %(painted)s
  FROM held
ON CONFLICT (case_id, actor_id, claimed_at) DO UPDATE
   SET left_at = excluded.left_at, claimed_ms = excluded.claimed_ms,
       active_ms = least(known.active_ms + excluded.active_ms, excluded.claimed_ms),
       idle_ms = least(known.idle_ms + excluded.idle_ms,
                       greatest(excluded.claimed_ms - known.active_ms - excluded.active_ms, 0)),
       first_input_ms = coalesce(known.first_input_ms, excluded.first_input_ms),
       submitted_ms = coalesce(excluded.submitted_ms, known.submitted_ms),
       painted_ms = coalesce(excluded.painted_ms, known.painted_ms)
 WHERE excluded.left_at >= known.left_at
RETURNING id
"""


class BadTimes(Invalid):
    """These times cannot be right."""


@dataclass(frozen=True, slots=True)
class Times:
    """What a browser measured of one page, in milliseconds since it opened; `painted` since it opened too."""

    left: int
    active: int
    idle: int
    first: int | None = None
    submitted: int | None = None
    painted: int | None = None


def add(*, case_id: int, actor: User, times: Times, now: datetime) -> bool:
    """Add what one page measured to the person's claim of a case; return whether they ever held it.

    Raises:
        BadTimes: the parts contradict each other, or are longer than a day.
    """
    _require_plausible(times)
    painted = times.painted - times.submitted if times.painted is not None and times.submitted is not None else None
    terms = {
        "case": case_id,
        "actor": actor.pk,
        "now": now,
        "active": times.active,
        "idle": times.idle,
        "first": times.first,
        "submitted": times.submitted,
        "painted": painted if painted is not None and painted <= LONGEST_PAINT_MS else None,
    }
    return bool(db.rows(_ADD, terms))


def _require_plausible(times: Times) -> None:
    parts = [part for part in (times.first, times.submitted, times.painted) if part is not None]
    in_order = times.painted is None or times.submitted is None or times.submitted <= times.painted
    fits = times.active + times.idle <= times.left + 1000 and all(part <= times.left + 1000 for part in parts)
    counts = all(0 <= part <= LONGEST_MS for part in (times.left, times.active, times.idle, *parts))
    if not (in_order and fits and counts):
        raise BadTimes(fields=[FieldProblem("left", "invalid", "times of one page, in milliseconds")])
