"""Nobody is asked because of one detector for some time: about one entity, or about all of them.

A muted finding is stored and counted like any other, with the mode `muted`; it opens no case, ranks none and enters no
verdict. What was muted stays so when the mute ends: only what arrives later asks again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from signals.models import Detector, Mute
from signals.verbs import Verb
from tscore.core import audit, db, ids
from tscore.core.errors import Conflict, FieldProblem, Invalid, Missing
from tscore.core.models import User

LONGEST_REASON = 300


class NoReason(Invalid):
    """Say why this is muted."""


class NoEnd(Invalid):
    """A mute ends some time ahead, and not later than the longest that is allowed."""


class MutedAlready(Conflict):
    """This is muted already."""


class NotStanding(Conflict):
    """This mute has ended already."""


def mute(
    *, detector_id: int, entity_id: int | None, reason: str, length: timedelta, actor: User, now: datetime
) -> Mute:
    """Mute a detector for one entity, or for all where none is given; who mutes the same at once waits here.

    Raises:
        NoReason, NoEnd: a mute has a reason, and an end within `settings.MUTE_LONGEST`.
        MutedAlready: the same is muted, or all of the detector is.
        Missing: there is no such detector.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise NoReason(fields=[FieldProblem("reason", "invalid", f"Say why, in 1 to {LONGEST_REASON} characters.")])
    if not timedelta(0) < length <= settings.MUTE_LONGEST:
        most = f"Choose an end within {settings.MUTE_LONGEST.days} days."
        raise NoEnd(most, fields=[FieldProblem("length", "invalid", most)])
    wanted = Mute(
        detector_id=detector_id,
        entity_id=entity_id,
        reason=reason,
        actor=actor,
        created_at=now,
        expires_at=now + length,
    )
    return db.in_any_transaction(lambda: _mute(wanted))


def lift(*, mute_id: int, actor: User, now: datetime) -> Mute:
    """Let a detector ask again before the mute would have ended by itself.

    Raises:
        NotStanding: it has ended, or somebody else lifted it.
        Missing: there is no such mute.
    """

    def lifted() -> Mute:
        found = db.lock(Mute.objects).filter(pk=mute_id).first()
        if found is None:
            raise Missing
        if found.lifted_at is not None or found.expires_at <= now:
            raise NotStanding
        found.lifted_at, found.lifted_by = now, actor
        found.save(update_fields=["lifted_at", "lifted_by"])
        _record(found, Verb.MUTE_LIFTED, actor, now)
        return found

    return db.in_any_transaction(lifted)


def standing(now: datetime) -> QuerySet[Mute]:
    """Return the mutes that hold at an instant."""
    return Mute.objects.filter(lifted_at__isnull=True, created_at__lte=now, expires_at__gt=now)


@db.transaction_required
def _mute(wanted: Mute) -> Mute:
    if db.lock(Detector.objects).filter(pk=wanted.detector_id).first() is None:
        raise Missing
    same = Q(entity_id=wanted.entity_id) | Q(entity_id=None)
    found = standing(wanted.created_at).filter(same, detector_id=wanted.detector_id).select_related("actor").first()
    if found is not None:
        raise MutedAlready(f"{found.actor.name} muted this already, until {found.expires_at:%-d %B %Y %H:%M} UTC.")
    wanted.save()
    _record(wanted, Verb.MUTED, wanted.actor, wanted.created_at)
    return wanted


def _record(mute: Mute, verb: Verb, actor: User, now: datetime) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        object_type="mute",
        object_ref=ids.row_ref("mu", mute.pk),
        at=now,
        after={"detector": mute.detector_id, "entity": mute.entity_id, "until": mute.expires_at.isoformat()},
        reason=mute.reason,
    )
