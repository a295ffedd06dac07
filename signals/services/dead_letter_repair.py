"""What people do with one refused item: read it, try it out, send it in again, put it aside."""

from __future__ import annotations

from datetime import datetime

from signals.enums import DeadLetterState, DismissReason, EventStatus
from signals.models import DeadLetter
from signals.services import dead_letter_sending as sending
from signals.services.dead_letter_bounds import Change, count
from signals.services.dead_letter_sending import Outcome
from signals.services.intake.answer import ItemAnswer
from signals.verbs import Verb
from tscore.core import audit, crypto, db, work
from tscore.core.db import in_transaction, lock
from tscore.core.errors import Conflict, FieldProblem, Invalid
from tscore.core.models import User

__all__ = ["BeingSent", "BodyErased", "NoReason", "NotReplayable", "StillRefused", "dismiss", "read_body", "replay"]


class BodyErased(Invalid):
    """The body of this item was erased. Only its sender can send it again."""


class NotReplayable(Invalid):
    """Items of this kind are sent again by their sender."""


class NoReason(Invalid):
    """Say why nobody will send this item in again."""


class BeingSent(Conflict):
    """Somebody sends this item in at this moment. Look again in half a minute."""


class StillRefused(Invalid):
    """The item is refused again."""


def read_body(*, dead_letter_id: int, actor: User, now: datetime) -> str | None:
    """Return the body in the clear and write down who read it; None where it was erased."""

    def once() -> str | None:
        letter = DeadLetter.objects.select_related("body_key").get(pk=dead_letter_id)
        audit.record_many([sending.entry(letter, Verb.DEAD_LETTER_OPENED, actor, now)])
        return crypto.open_erasable(letter.body_key, bytes(letter.body))

    return in_transaction(once)


def try_out(*, dead_letter_id: int, body: str, now: datetime) -> ItemAnswer:
    """Return what would become of the item if it were sent in with this body; nothing is stored.

    Raises:
        NotReplayable.
    """
    letter = DeadLetter.objects.select_related("source").defer("body").get(pk=dead_letter_id)
    return _line(sending.send([(letter, body)], now=now, dry_run=True)[letter.pk])


def replay(*, dead_letter_id: int, actor: User, body: str | None, now: datetime) -> ItemAnswer | None:
    """Send an item in again, as it was kept or repaired; None where it is no longer open.

    Of several people one sends it. A crash after the item was stored leaves the letter open; sending it again is then
    a duplicate and harmless. Refused again, it stays open: with its new reason, if it was sent as it was kept.

    Raises:
        StillRefused: with the new reason; nothing is stored.
        BodyErased, NotReplayable.
        BeingSent: somebody else is at it.
    """
    held = work.lease(DeadLetter.objects.filter(pk=dead_letter_id, state=DeadLetterState.OPEN), limit=1)
    if not held:
        if DeadLetter.objects.get(pk=dead_letter_id).state == DeadLetterState.OPEN:
            raise BeingSent
        return None
    try:
        [(letter, text)] = sending.opened(held) if body is None else [(held[0], body)]
        outcome = sending.send([(letter, text)], now=now)[letter.pk]
        sending.settle([(letter, outcome)], actor=actor, now=now, as_kept=body is None)
    except BaseException:
        work.release(held)
        raise
    line = _line(outcome)
    if outcome.is_refused and line.error:
        problem = FieldProblem(line.error.pointer, line.error.code, line.error.detail)
        raise StillRefused(f"The item is refused again: {line.error.detail}", fields=[problem])
    return line


def dismiss(*, dead_letter_id: int, reason: str, actor: User, now: datetime) -> None:
    """Put an item aside that nobody will repair; one that is no longer open stays as it is.

    Raises:
        NoReason: the reason is none of `DismissReason`.
        BeingSent: somebody is sending it in.
    """
    if reason not in DismissReason.values:
        raise NoReason(fields=[FieldProblem("reason", "invalid", "Choose one of the reasons.")])

    def once() -> None:
        letter = lock(DeadLetter.objects.defer("body")).get(pk=dead_letter_id)
        if letter.state != DeadLetterState.OPEN:
            return
        if _is_leased(letter):
            raise BeingSent
        letter.state, letter.settled_at = DeadLetterState.DISMISSED, now
        letter.save(update_fields=["state", "settled_at"])
        if letter.source_id is not None:
            count([Change(source=letter.source_id, code=letter.code, open=-1)], now)
        audit.record_many([sending.entry(letter, Verb.DEAD_LETTER_DISMISSED, actor, now, reason=reason)])

    in_transaction(once)


def _is_leased(letter: DeadLetter) -> bool:
    if letter.leased_until is None:
        return False
    [(is_ahead,)] = db.rows("SELECT %s > statement_timestamp()", [letter.leased_until])
    return bool(is_ahead)


def _line(outcome: Outcome) -> ItemAnswer:
    if outcome.line is None:
        raise BodyErased if outcome.is_erased else NotReplayable
    return outcome.line


def is_stored(line: ItemAnswer) -> bool:
    """Tell whether the answer to an item says that it is held."""
    return line.status != EventStatus.REFUSED
