"""What people do with a refused item: read it, send it in again, put it aside."""

from __future__ import annotations

from datetime import datetime

from signals.enums import DeadLetterState, EventStatus
from signals.models import DeadLetter
from signals.services import ingest
from signals.services.intake.answer import ItemAnswer
from signals.services.labelling import intake as label_intake
from signals.services.signals import intake as signal_intake
from signals.verbs import Verb
from tscore.core import audit, crypto, ids
from tscore.core.db import in_transaction, lock
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

_INTAKE = {
    ingest.STREAM: ingest.ingest,
    signal_intake.STREAM: signal_intake.ingest_signals,
    label_intake.STREAM: label_intake.ingest_labels,
}
_STATE_AFTER = {
    Verb.DEAD_LETTER_REPLAYED: DeadLetterState.REPLAYED,
    Verb.DEAD_LETTER_DISMISSED: DeadLetterState.DISMISSED,
}


class BodyErased(Invalid):
    """The body of this item was erased. Only its sender can send it again."""


class NotReplayable(Invalid):
    """Items of this kind are sent again by their sender."""


class StillRefused(Invalid):
    """The item is refused again."""


def read_body(*, dead_letter_id: int, actor: User, now: datetime) -> str | None:
    """Return the body in the clear and write down who read it; None where it was erased."""

    def once() -> str | None:
        letter = DeadLetter.objects.select_related("body_key").get(pk=dead_letter_id)
        _record(letter, Verb.DEAD_LETTER_OPENED, actor, now)
        return crypto.open_erasable(letter.body_key, bytes(letter.body))

    return in_transaction(once)


def replay(*, dead_letter_id: int, actor: User, body: str | None, now: datetime) -> ItemAnswer | None:
    """Send an item in again, as it was kept or repaired; None where it is no longer open.

    A crash after the item was stored leaves the letter open; replaying it again is then a duplicate and harmless.

    Raises:
        StillRefused: with the new reason; nothing is stored.
        BodyErased, NotReplayable.
    """
    letter = DeadLetter.objects.select_related("source", "body_key").get(pk=dead_letter_id)
    if letter.state != DeadLetterState.OPEN:
        return None
    text = body if body is not None else crypto.open_erasable(letter.body_key, bytes(letter.body))
    if text is None:
        raise BodyErased()
    line = _send(letter, text.encode("utf-8", "replace"), now)
    _settle(letter.pk, Verb.DEAD_LETTER_REPLAYED, actor, now, after={"ref": line.ref})
    return line


def dismiss(*, dead_letter_id: int, actor: User, now: datetime) -> None:
    """Put an item aside that nobody will repair."""
    _settle(dead_letter_id, Verb.DEAD_LETTER_DISMISSED, actor, now)


def _send(letter: DeadLetter, raw: bytes, now: datetime) -> ItemAnswer:
    intake = _INTAKE.get(letter.stream)
    if intake is None or letter.source is None:
        raise NotReplayable()
    tried = intake(source=letter.source.name, items=[raw], received_at=now, dry_run=True).items[0]
    if tried.status == EventStatus.REFUSED and tried.error:
        problem = FieldProblem(tried.error.pointer, tried.error.code, tried.error.detail)
        raise StillRefused(f"The item is refused again: {tried.error.detail}", fields=[problem])
    return intake(source=letter.source.name, items=[raw], received_at=now).items[0]


def _settle(pk: int, verb: Verb, actor: User, now: datetime, after: dict[str, str] | None = None) -> None:
    def once() -> None:
        letter = lock(DeadLetter.objects).get(pk=pk)
        if letter.state == DeadLetterState.OPEN:
            letter.state = _STATE_AFTER[verb]
            letter.save(update_fields=["state"])
            _record(letter, verb, actor, now, after=after)

    in_transaction(once)


def _record(letter: DeadLetter, verb: Verb, actor: User, now: datetime, after: dict[str, str] | None = None) -> None:
    audit.record(
        actor=actor, verb=verb, object_type="dead_letter", object_ref=ids.row_ref("dl", letter.pk), at=now, after=after
    )
