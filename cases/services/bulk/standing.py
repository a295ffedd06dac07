"""How the cases of a job stand now: which take part, why the others do not, and which must be opened first."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cases import permissions
from cases.enums import LeftOut
from cases.models import BulkJob
from signals.services.rings import RING
from tscore.core import db

LEAST_OPENED, MOST_OPENED, OPENED_SHARE = 3, 20, 0.05
# What is in one of these states has an action on it already.
ACTED_ON: Final = ["suspended", "restricted", "closed", "hidden", "removed", "retracted", "blocked"]

_STANDING: Final = """
SELECT item.id, item.position, item.case_id, item.protection, item.stake_minor, item.is_chosen,
       item.opened_at IS NOT NULL, c.entity_id,
       CASE WHEN c.state = 'closed' THEN 'decided'
            WHEN c.queue_id <> %(queue)s THEN 'elsewhere'
            WHEN c.version <> item.seen_version THEN 'changed'
            WHEN c.state = 'reviewing' AND c.claimed_by_id <> %(actor)s AND c.claim_until > statement_timestamp()
            THEN 'held'
            WHEN c.escalated_at IS NOT NULL AND NOT %(leads)s THEN 'escalated'
            WHEN c.is_blind THEN 'blind'
            WHEN subject.kind = %(ring)s THEN 'ring'
            WHEN subject.state = ANY(%(acted_on)s) THEN 'acted'
            WHEN item.is_chosen THEN ''
            WHEN item.protection <> '' THEN 'protected'
            ELSE 'chosen' END
  FROM cases_bulkitem item
  JOIN cases_case c ON c.id = item.case_id
  JOIN signals_entity subject ON subject.id = c.entity_id
 WHERE item.job_id = %(job)s
 ORDER BY item.position
"""
_BY_PERSON: Final = frozenset({"", LeftOut.CHOSEN, LeftOut.PROTECTED})


@dataclass(frozen=True, slots=True)
class Standing:
    """One case of the list; `left_out` says why it takes no part, empty if it does. Money is in minor units."""

    item_id: int
    position: int
    case_id: int
    protection: str
    stake_minor: int
    is_chosen: bool
    is_opened: bool
    entity_id: int
    left_out: str

    @property
    def may_choose(self) -> bool:
        """Whether the person decides if it takes part; otherwise something else has."""
        return self.left_out in _BY_PERSON


def of(job: BulkJob) -> list[Standing]:
    """Return every case of a job in the order of its list, in one statement."""
    terms = {
        "job": job.pk,
        "queue": job.queue_id,
        "actor": job.actor_id,
        "leads": permissions.may_lead(job.actor, job.queue_id),
        "ring": RING,
        "acted_on": ACTED_ON,
    }
    return [Standing(*row) for row in db.rows(_STANDING, terms)]


def taking_part(found: Sequence[Standing]) -> list[Standing]:
    """Return those that are not left out."""
    return [one for one in found if not one.left_out]


def sample(job: BulkJob, found: Sequence[Standing]) -> list[Standing]:
    """Return those that must be opened before the job may run: 5 %, at least 3 and at most 20, drawn by the job's seed.

    Leaving one of them out lets the next in the order of the draw take its place.
    """
    drawn = sorted(taking_part(found), key=lambda one: _number(job, one))
    return drawn[: sample_size(len(drawn))]


def sample_size(count: int) -> int:
    """Return how many of so many cases must be opened."""
    return min(count, MOST_OPENED, max(LEAST_OPENED, math.ceil(count * OPENED_SHARE)))


def digest(found: Sequence[Standing], *, preset: int) -> str:
    """Return a short word for what was shown: the cases that take part and the decision meant for them."""
    text = f"{preset}:{','.join(str(one.item_id) for one in taking_part(found))}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _number(job: BulkJob, one: Standing) -> bytes:
    return hmac.digest(bytes(job.seed), str(one.case_id).encode(), hashlib.sha256)
