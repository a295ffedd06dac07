"""The one way a row enters the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tscore.core import origin
from tscore.core.db import transaction_required
from tscore.core.models import AuditEvent

if TYPE_CHECKING:
    from tscore.core.models import User


@transaction_required
def record(
    *,
    actor: User | None,
    verb: str,
    object_type: str,
    object_ref: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    actor_name: str = "",
    on_behalf_of: str = "",
) -> AuditEvent:
    """Write who did what to which object, together with the change itself.

    `before` and `after` hold ids, references and tokens, never personal values. Without a person, `actor_name` says
    which machine acted: `system:<stage>` or `key:<prefix>`.
    """
    here = origin.current()
    return AuditEvent.objects.create(
        at=at,
        actor=actor,
        actor_name=actor_name,
        on_behalf_of=on_behalf_of,
        verb=str(verb),
        object_type=object_type,
        object_ref=str(object_ref),
        before=before,
        after=after,
        reason=reason,
        request_id=here.request_id,
        ip=here.ip,
    )
