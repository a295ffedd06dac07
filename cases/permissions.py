"""Rights of people on queues: granted with guardian to people or groups, read once per request."""

from __future__ import annotations

from cases.models import Queue
from cases.services import catalogue
from tscore.core import db
from tscore.core.errors import Missing, Refused
from tscore.core.models import User

REVIEW = "review_queue"
LEAD = "lead_queue"
BULK = "bulk_queue"

_GRANTS = """
SELECT grants.object_pk::bigint, permission.codename
  FROM (SELECT object_pk, permission_id, content_type_id FROM guardian_userobjectpermission WHERE user_id = %(user)s
        UNION ALL
        SELECT rights.object_pk, rights.permission_id, rights.content_type_id
          FROM guardian_groupobjectpermission rights
          JOIN core_user_groups membership USING (group_id)
         WHERE membership.user_id = %(user)s) grants
  JOIN auth_permission permission ON permission.id = grants.permission_id
  JOIN django_content_type kind ON kind.id = grants.content_type_id
 WHERE kind.app_label = 'cases' AND kind.model = 'queue' AND permission.codename = ANY(%(codenames)s)
"""


class NotYourQueue(Refused):
    """You may not review cases of this queue."""

    right = "review this queue"
    granted_by = "a lead of the queue or an administrator"


class LeadsOnly(Refused):
    """Only a lead of this queue may do this."""

    right = "lead this queue"
    granted_by = "an administrator"


class BulkNotGranted(Refused):
    """Many cases at once are decided by leads of the queue and by those whom they granted it."""

    right = "decide many cases of this queue at once"
    granted_by = "a lead of the queue"


def queues_of(user: User) -> list[Queue]:
    """Return the queues whose cases a person may see and decide, in their fixed order."""
    return [queue for queue in catalogue.current().queues.values() if may_review(user, queue.pk)]


def may_review(user: User, queue_id: int) -> bool:
    """Tell whether a person may see and decide cases of this queue."""
    return bool(_rights(user).get(queue_id, frozenset()) & {REVIEW, LEAD})


def may_lead(user: User, queue: Queue | int) -> bool:
    """Tell whether a person may take escalated cases and hand over cases of others in this queue."""
    return LEAD in _rights(user).get(queue if isinstance(queue, int) else queue.pk, frozenset())


def may_bulk(user: User, queue_id: int) -> bool:
    """Tell whether a person may decide many cases of a queue at once: its leads, and reviewers who were granted it."""
    return may_review(user, queue_id) and bool(_rights(user)[queue_id] & {LEAD, BULK})


def visible_queue(user: User, slug: str) -> Queue:
    """Return a queue the person may see; what they may not see is not there.

    Raises:
        Missing: no such queue, or no right on it.
    """
    queue = catalogue.current().queue_by_slug(slug)
    if not may_review(user, queue.pk):
        raise Missing
    return queue


def require_review(user: User, queue_id: int) -> None:
    """Raise NotYourQueue unless the person may decide cases of this queue."""
    if not may_review(user, queue_id):
        raise NotYourQueue


def require_lead(user: User, queue_id: int) -> None:
    """Raise LeadsOnly unless the person leads this queue."""
    if not may_lead(user, queue_id):
        raise LeadsOnly


def require_bulk(user: User, queue_id: int) -> None:
    """Raise BulkNotGranted unless the person may decide many cases of this queue at once."""
    if not may_bulk(user, queue_id):
        raise BulkNotGranted


def reviewers_of(queue_id: int) -> list[tuple[int, str]]:
    """Return id and name of the active people who may review a queue, by name."""
    return _people_with(queue_id, [REVIEW, LEAD])


def leads_of(queue_id: int) -> list[tuple[int, str]]:
    """Return id and name of the active people who lead a queue, by name."""
    return _people_with(queue_id, [LEAD])


def _people_with(queue_id: int, codenames: list[str]) -> list[tuple[int, str]]:
    found = db.rows(_PEOPLE, {"queue": str(queue_id), "codenames": codenames})
    return [(person, name) for person, name in found]


_PEOPLE = """
SELECT person.id, person.name
  FROM core_user person
 WHERE person.is_active
   AND EXISTS (
       SELECT 1
         FROM (SELECT permission_id, content_type_id FROM guardian_userobjectpermission
                WHERE user_id = person.id AND object_pk = %(queue)s
               UNION ALL
               SELECT rights.permission_id, rights.content_type_id
                 FROM guardian_groupobjectpermission rights
                 JOIN core_user_groups membership USING (group_id)
                WHERE membership.user_id = person.id AND rights.object_pk = %(queue)s) grants
         JOIN auth_permission permission ON permission.id = grants.permission_id
         JOIN django_content_type kind ON kind.id = grants.content_type_id
        WHERE kind.app_label = 'cases' AND kind.model = 'queue' AND permission.codename = ANY(%(codenames)s))
 ORDER BY person.name, person.id
"""


def _rights(user: User) -> dict[int, frozenset[str]]:
    cached: dict[int, frozenset[str]] | None = getattr(user, "_queue_rights", None)
    if cached is None:
        cached = _read(user)
        user._queue_rights = cached  # type: ignore[attr-defined]
    return cached


def _read(user: User) -> dict[int, frozenset[str]]:
    if not user.is_authenticated or not user.is_active:
        return {}
    found: dict[int, set[str]] = {}
    for queue_id, codename in db.rows(_GRANTS, {"user": user.pk, "codenames": [REVIEW, LEAD, BULK]}):
        found.setdefault(queue_id, set()).add(codename)
    return {queue_id: frozenset(names) for queue_id, names in found.items()}
