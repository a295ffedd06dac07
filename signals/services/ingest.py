"""Events come in: every item is stored once or refused with a reason, and none costs another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from signals.enums import EventStatus
from signals.models import Source
from signals.services import ingest_answer as answers
from signals.services import ingest_write as write
from signals.services.dead_letters import Refusal, keep
from signals.services.ingest_answer import BatchAnswer, ItemAnswer
from signals.services.ingest_decode import decode, find_id
from signals.services.ingest_problems import ItemRefused
from signals.services.ingest_ready import Ready, ready
from signals.services.ingest_revisions import History, Revision
from signals.services.ingest_run import run
from signals.services.ingest_scan import Scanned, scan, split
from signals.services.ingest_write import ToStore
from tscore.core import alarms, ids
from tscore.core.errors import ScopeRefused

STREAM = "events"


@dataclass(slots=True)
class Batch:
    """One batch on its way: what could be read of it, and what was refused."""

    source: str
    received_at: datetime
    raws: list[bytes]
    ready: dict[int, Ready] = field(default_factory=dict)
    refused: dict[int, tuple[str, ItemRefused]] = field(default_factory=dict)


def ingest_bytes(
    *, source: str, body: bytes, content_type: str, received_at: datetime, dry_run: bool = False
) -> BatchAnswer:
    """Store the items of one HTTP body.

    Raises:
        MalformedJson, TooManyItems, NoItems: nothing of it can be read as items.
        ScopeRefused: every item is of another source.
    """
    items = split(body, lines=content_type == "application/x-ndjson")
    return ingest(source=source, items=items, received_at=received_at, over_http=True, dry_run=dry_run)


def ingest(
    *,
    source: Source | str,
    items: Sequence[bytes | Scanned],
    received_at: datetime,
    over_http: bool = False,
    dry_run: bool = False,
) -> BatchAnswer:
    """Store events, each by itself; the answer lists them in order.

    Args:
        source: whose events these are; an item that names another one is refused.
        over_http: the sender's clock is then compared with ours.
        dry_run: answer the same and store nothing.
    """
    batch = _read(str(source), items, received_at=received_at, over_http=over_http)
    if over_http and all(problem.code == "other_source" for _, problem in batch.refused.values()) and not batch.ready:
        raise ScopeRefused("Every item is of another source than this key's.")
    return run(lambda: _store(batch), dry_run=dry_run, stage="score")


def _read(source: str, items: Sequence[bytes | Scanned], *, received_at: datetime, over_http: bool) -> Batch:
    batch = Batch(source, received_at, [])
    for index, item in enumerate(items):
        scanned = item if isinstance(item, Scanned) else scan(item)
        batch.raws.append(scanned.raw)
        try:
            decoded = decode(scanned)
            if decoded.source not in (None, source):
                raise ItemRefused("other_source", "/source")
            batch.ready[index] = ready(decoded, received_at=received_at, over_http=over_http)
        except ItemRefused as problem:
            batch.refused[index] = (find_id(scanned.raw), problem)
    return batch


def _store(batch: Batch) -> BatchAnswer:
    source, _ = Source.objects.get_or_create(name=batch.source)
    refused = dict(batch.refused)
    found = write.history(source.pk, (item.external_id for item in batch.ready.values()))
    lines, to_store = _sort_out(batch, found, refused)
    write.store(source_id=source.pk, items=to_store, found=found, received_at=batch.received_at)
    lines |= _keep_refused(batch, source, refused)
    return answers.answer([lines[index] for index in range(len(batch.raws))])


def _sort_out(
    batch: Batch, found: History, refused: dict[int, tuple[str, ItemRefused]]
) -> tuple[dict[int, ItemAnswer], list[ToStore]]:
    """Decide for each item, in order, whether it is stored; ids are drawn for all of them at once."""
    pks = iter(write.new_ids(len(batch.ready)))
    lines: dict[int, ItemAnswer] = {}
    to_store: list[ToStore] = []
    for index, item in batch.ready.items():
        try:
            status, pk = found.place(item.external_id, item.observed_at, item.content_mac)
        except ItemRefused as problem:
            refused[index] = (item.external_id, problem)
            continue
        if pk is None:
            pk = next(pks)
            found.add(item.external_id, Revision(item.observed_at, item.content_mac, pk))
            to_store.append(ToStore(pk, item, stale=status is EventStatus.STALE))
        ref = ids.row_ref("ev", pk)
        lines[index] = answers.accepted(index, item.external_id, status.value, ref, list(item.flags))
    return lines, to_store


def _keep_refused(batch: Batch, source: Source, refused: dict[int, tuple[str, ItemRefused]]) -> dict[int, ItemAnswer]:
    letters = [
        Refusal(batch.raws[index], external_id, problem) for index, (external_id, problem) in sorted(refused.items())
    ]
    kept = keep(source=source, stream=STREAM, refusals=letters, now=batch.received_at)
    lines = {}
    for (index, (external_id, problem)), pk in zip(sorted(refused.items()), kept, strict=True):
        lines[index] = answers.refused(index, external_id, problem)
        lines[index].dead_letter = answers.dead_letter_ref(pk)
    if any(problem.code == "id_conflict" for _, problem in refused.values()):
        detail = f"{source.name} sent other content under an id that is known."
        alarms.raise_alarm(f"id_conflict:{source.name}"[:120], "warning", detail, batch.received_at)
    return lines
