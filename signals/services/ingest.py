"""Events come in: every item is stored once or refused with a reason, and none costs another."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DataError

from signals.enums import EventStatus
from signals.models import Source
from signals.services.intake import answer as answers
from signals.services.intake import write
from signals.services.intake.answer import BatchAnswer, ItemAnswer
from signals.services.intake.batch import Batch, require_source
from signals.services.intake.decode import decode
from signals.services.intake.pause import collector_paused
from signals.services.intake.problems import ItemRefused
from signals.services.intake.ready import Ready, ready
from signals.services.intake.revisions import History, Revision
from signals.services.intake.run import run
from signals.services.intake.scan import Scanned, split
from signals.services.intake.write import ToStore
from signals.services.origins import BACKFILL
from tscore.core import ids
from tscore.core.crashpoints import crashpoint

logger = logging.getLogger(__name__)
STREAM = "events"


def ingest_bytes(
    *, source: str, body: bytes, content_type: str, received_at: datetime, dry_run: bool = False
) -> BatchAnswer:
    """Store the items of one HTTP body.

    Raises:
        MalformedJson, TooManyItems, NoItems: nothing of it can be read as items.
        ScopeRefused: every item is of another source.
    """
    items = split(body, lines=content_type == "application/x-ndjson")
    found = ingest(source=source, items=items, received_at=received_at, over_http=True, dry_run=dry_run)
    crashpoint("events.stored")
    return found


@collector_paused()
def ingest(
    *,
    source: Source | str,
    items: Sequence[bytes | Scanned],
    received_at: datetime,
    over_http: bool = False,
    dry_run: bool = False,
    stage: str = "score",
    is_history: bool = False,
) -> BatchAnswer:
    """Store events, each by itself; the answer lists them in order.

    Args:
        source: whose events these are; an item that names another one is refused.
        over_http: the sender's clock is then compared with ours.
        dry_run: answer the same and store nothing.
        stage: who is woken; nobody, where the caller goes on with the event itself.
        is_history: these are loaded from an archive: nobody is asked to decide about what they raise.
    """
    batch: Batch[Ready] = Batch(str(source), STREAM, received_at)

    def read(item: Scanned) -> Ready:
        decoded = decode(item)
        require_source(decoded.source, batch.source)
        found = ready(decoded, received_at=received_at, over_http=over_http)
        if is_history:
            found.flags[BACKFILL] = None
        return found

    batch.read(items, read)
    if over_http:
        batch.require_own()
    try:
        return run(lambda: _store(batch), dry_run=dry_run, stage=stage)
    except DataError:
        _set_aside_what_cannot_be_stored(batch)
        return run(lambda: _store(batch), dry_run=dry_run, stage=stage)


def _set_aside_what_cannot_be_stored(batch: Batch[Ready]) -> None:
    """Try each item alone: a value that we let through and the database does not must not cost the others."""
    for index, item in list(batch.ready.items()):
        alone = Batch(batch.source, batch.stream, batch.received_at, [batch.raws[index]], {0: item})
        try:
            run(lambda alone=alone: _store(alone), dry_run=True)  # type: ignore[misc]
        except DataError:
            logger.exception("event %s of %s cannot be stored", item.external_id, batch.source)
            batch.refused[index] = (item.external_id, ItemRefused("unstorable"))
            del batch.ready[index]


def _store(batch: Batch[Ready]) -> BatchAnswer:
    source, _ = Source.objects.get_or_create(name=batch.source)
    found = write.history(source.pk, (item.external_id for item in batch.ready.values()))
    lines, to_store, late = _sort_out(batch, found)
    write.store(source_id=source.pk, items=to_store, found=found, received_at=batch.received_at)
    return batch.answer(source, lines, late)


def _sort_out(
    batch: Batch[Ready], found: History
) -> tuple[dict[int, ItemAnswer], list[ToStore], dict[int, tuple[str, ItemRefused]]]:
    """Decide for each item, in order, whether it is stored; ids are drawn for all of them at once."""
    pks = iter(write.new_ids(len(batch.ready)))
    lines: dict[int, ItemAnswer] = {}
    to_store: list[ToStore] = []
    late: dict[int, tuple[str, ItemRefused]] = {}
    for index, item in batch.ready.items():
        try:
            status, pk = found.place(item.external_id, item.observed_at, item.content_mac)
        except ItemRefused as problem:
            late[index] = (item.external_id, problem)
            continue
        if pk is None:
            pk = next(pks)
            found.add(item.external_id, Revision(item.observed_at, item.content_mac, pk))
            to_store.append(ToStore(pk, item, stale=status is EventStatus.STALE))
        ref = ids.row_ref("ev", pk)
        lines[index] = answers.accepted(index, item.external_id, status.value, ref, list(item.flags))
    return lines, to_store, late
