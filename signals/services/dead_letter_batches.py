"""Many refused items, sent in again by a stage: whatever is open and fits, in small batches, each letter once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from signals.enums import DeadLetterState
from signals.models import DeadLetter, DeadLetterReplay
from signals.services import dead_letter_sending as sending
from signals.verbs import Verb
from tscore.core import audit, ids, work
from tscore.core.db import in_any_transaction, rows
from tscore.core.errors import Invalid
from tscore.core.models import User

logger = logging.getLogger(__name__)

PROGRESS_SQL = """
UPDATE signals_deadletterreplay SET position = %(position)s, stored = stored + %(stored)s,
  refused = refused + %(refused)s, leased_until = NULL, last_error = '',
  finished_at = CASE WHEN %(is_done)s THEN %(now)s END
WHERE id = %(id)s AND fence = %(fence)s"""


class NothingFits(Invalid):
    """No open item fits this filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which letters are meant; what is left empty does not narrow."""

    source_id: int | None = None
    code: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def narrow(self, letters: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
        """Return those of the letters that fit."""
        wanted = {
            "source_id": self.source_id,
            "code": self.code,
            "kind": self.kind,
            "received_at__gte": self.since,
            "received_at__lt": self.until,
        }
        return letters.filter(**{name: value for name, value in wanted.items() if value not in (None, "")})


def ask(*, wanted: Filter, actor: User, now: datetime) -> DeadLetterReplay:
    """Ask for every open letter that fits to be sent in again; those that come later are not meant.

    Raises:
        NothingFits.
    """

    def asked() -> DeadLetterReplay:
        fitting = wanted.narrow(DeadLetter.objects.filter(state=DeadLetterState.OPEN))
        last_id, total = fitting.aggregate(last=Max("pk"))["last"], fitting.count()
        if last_id is None:
            raise NothingFits
        job = DeadLetterReplay.objects.create(
            source_id=wanted.source_id,
            code=wanted.code,
            kind=wanted.kind,
            since=wanted.since,
            until=wanted.until,
            last_id=last_id,
            total=total,
            actor=actor,
            created_at=now,
        )
        audit.record(
            actor=actor,
            verb=Verb.DEAD_LETTERS_ASKED,
            object_type="dead_letter_replay",
            object_ref=ids.row_ref("dr", job.pk),
            at=now,
            after={"source": wanted.source_id, "code": wanted.code, "kind": wanted.kind, "letters": total},
        )
        work.wake("replay_letters")
        return job

    return in_any_transaction(asked)


def replay_asked(*, limit: int, now: datetime) -> int:
    """Send in one batch of what somebody asked for; return how many letters were handled, at the end 1."""
    jobs = work.lease(DeadLetterReplay.objects.filter(finished_at__isnull=True), limit=1, now=now)
    if not jobs:
        return 0
    [job] = jobs
    letters = work.lease(_left(job), limit=limit)
    try:
        outcomes = sending.send(sending.opened(letters), now=now)
        done = [(letter, outcomes[letter.pk]) for letter in letters]
        stored, refused = sending.settle(done, actor=job.actor, now=now) if done else (0, 0)
    except Exception as error:
        logger.warning("A batch of dead letters could not be sent in: %s", error)
        work.release(letters)
        work.release([job], next_at=now + work.back_off(job.attempts), error=f"{type(error).__name__}: {error}")
        raise
    _progress(job, letters, stored=stored, refused=refused, now=now)
    return len(letters) or 1


def _left(job: DeadLetterReplay) -> QuerySet[DeadLetter]:
    wanted = Filter(source_id=job.source_id, code=job.code, kind=job.kind, since=job.since, until=job.until)
    ahead = DeadLetter.objects.filter(state=DeadLetterState.OPEN, pk__gt=job.position, pk__lte=job.last_id)
    return wanted.narrow(ahead)


def _progress(
    job: DeadLetterReplay, letters: Sequence[DeadLetter], *, stored: int, refused: int, now: datetime
) -> None:
    position = max((letter.pk for letter in letters), default=job.position)
    terms = {"position": position, "stored": stored, "refused": refused, "is_done": not letters, "now": now}
    rows(PROGRESS_SQL, {**terms, "id": job.pk, "fence": job.fence})
