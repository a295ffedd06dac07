"""Build a training table: rows, files, card, hash, and the record that it was built."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signals.features.compute import FEATURE_VERSION
from signals.models import DatasetVersion
from signals.services.tables import card, files, rows
from signals.services.tables.rows import Row, Table
from signals.services.tables.sources import LogIncomplete, Origin
from signals.services.tables.specs import SPECS, DatasetSpec, UnknownTable, spec_of
from signals.verbs import Verb
from tscore.core import audit
from tscore.core.crashpoints import crashpoint
from tscore.core.db import in_transaction
from tscore.core.errors import Invalid

if TYPE_CHECKING:
    from tscore.core.models import User

__all__ = [
    "DATA_FILES",
    "FILES",
    "SPECS",
    "DatasetSpec",
    "InFuture",
    "LogIncomplete",
    "NoRows",
    "Origin",
    "UnknownTable",
    "build",
    "note_download",
    "spec_of",
]

DATA_FILES = ("data.parquet", "data.csv")
FILES = (*DATA_FILES, "card.md", "manifest.json")


class InFuture(Invalid):
    """A table cannot be as of an instant that has not come yet. Choose an earlier one."""


class NoRows(Invalid):
    """No label for this abuse type was known by then, or none has an event with features. Choose a later instant."""


def build(
    *,
    abuse_type: str,
    as_of: datetime,
    out: Path,
    actor: User | None,
    now: datetime,
    folder: str = "",
    features: Origin = Origin.AUTO,
) -> DatasetVersion:
    """Build the table of an abuse type as of an instant into the folder `out`, which appears whole or not at all.

    Args:
        folder: what the record calls the place; by default the path itself.
        features: where logged values are read; the content hash is the same either way.

    Raises:
        UnknownTable, InFuture, NoRows, LogIncomplete.
    """
    spec, as_of = spec_of(abuse_type), as_of.astimezone(UTC)
    if as_of > now:
        raise InFuture
    table = rows.table(spec, as_of=as_of, origin=features)
    if not table.rows:
        raise NoRows
    manifest = _write(table, spec, as_of=as_of, out=out)
    version = _version(table, spec, as_of, manifest)
    version.folder, version.built_at, version.built_by = folder or str(out.resolve()), now, actor
    in_transaction(lambda: _record(version, actor=actor, now=now))
    crashpoint("dataset.recorded")
    return version


def note_download(*, version: DatasetVersion, file: str, actor: User, now: datetime) -> None:
    """Write down who takes the data of a table away."""
    in_transaction(
        lambda: audit.record(
            actor=actor,
            verb=Verb.DATASET_TAKEN,
            object_type="dataset",
            object_ref=str(version.pk),
            at=now,
            after={"file": file, "content_hash": version.content_hash},
        )
    )


def split(rows: Sequence[Row], spec: DatasetSpec) -> list[str]:
    """Give each row its part by time: rows of the same instant always fall into the same part."""
    times = sorted(row.as_of for row in rows)
    first = times[min(int(len(times) * spec.train_share), len(times) - 1)]
    second = times[min(int(len(times) * (spec.train_share + spec.validation_share)), len(times) - 1)]
    return ["train" if row.as_of < first else "validation" if row.as_of < second else "test" for row in rows]


def _write(table: Table, spec: DatasetSpec, *, as_of: datetime, out: Path) -> dict[str, Any]:
    splits = split(table.rows, spec)
    content_hash = files.content_hash(table.rows, splits, spec)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as name:
        place = Path(name)
        files.write_parquet(place / "data.parquet", table.rows, splits, spec)
        files.write_csv(place / "data.csv", table.rows, splits, spec)
        text = card.card(table, splits, spec, as_of=as_of, content_hash=content_hash, version=FEATURE_VERSION)
        (place / "card.md").write_text(text, encoding="utf-8")
        manifest = {
            "spec": spec.as_json(),
            "as_of": as_of.isoformat(),
            "rows": len(table.rows),
            "content_hash": content_hash,
            "files": [files.described(place / file) for file in FILES[:3]],
        }
        files.write_json(place / "manifest.json", manifest)
        _move(place, out)
    return manifest


def _move(place: Path, out: Path) -> None:
    """Put the finished files where they belong, over those of an earlier build."""
    out.mkdir(exist_ok=True)
    for file in FILES:
        shutil.move(place / file, out / file)


def _version(table: Table, spec: DatasetSpec, as_of: datetime, manifest: dict[str, Any]) -> DatasetVersion:
    return DatasetVersion(
        abuse_type_id=spec.abuse_type,
        as_of=as_of,
        spec=manifest["spec"],
        rows=len(table.rows),
        positives=sum(row.label for row in table.rows),
        content_hash=manifest["content_hash"],
        manifest=manifest,
    )


def _record(version: DatasetVersion, *, actor: User | None, now: datetime) -> None:
    version.pk = None
    version.save(force_insert=True)
    audit.record(
        actor=actor,
        actor_name="" if actor else "system:build_dataset",
        verb=Verb.DATASET_BUILT,
        object_type="dataset",
        object_ref=str(version.pk),
        at=now,
        after={
            "abuse_type": version.abuse_type_id,
            "as_of": version.manifest["as_of"],
            "content_hash": version.content_hash,
        },
    )
