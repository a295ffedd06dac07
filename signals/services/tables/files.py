"""The files of a training table, and the hash that says whether two tables are the same."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from signals.features.spec import Type
from signals.services.tables.rows import Row
from signals.services.tables.specs import DatasetSpec

Cell = bool | int | float | str | datetime | None

FIXED: Final[dict[str, str]] = {
    "entity_kind": "string",
    "entity_id": "string",
    "event_source": "string",
    "event_id": "string",
    "event_kind": "string",
    "as_of": "time",
    "label": "int",
    "label_class": "string",
    "label_source": "string",
    "label_known_at": "time",
    "confidence": "double",
    "lane": "string",
    "weight": "double",
    "split": "string",
}
NULL: Final = "\\N"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def columns(spec: DatasetSpec) -> dict[str, str]:
    """Return the type of every column: what a row is about first, then the features by name."""
    return FIXED | {feature.name: str(feature.type) for feature in spec.features}


def records(rows: Sequence[Row], splits: Sequence[str], spec: DatasetSpec) -> Iterator[list[Cell]]:
    """Yield the cells of each row in the order of the columns."""
    names = [feature.name for feature in spec.features]
    plain = [name for name in FIXED if name != "split"]
    for row, split in zip(rows, splits, strict=True):
        yield [*(getattr(row, name) for name in plain), split, *(row.features.get(name) for name in names)]


def content_hash(rows: Sequence[Row], splits: Sequence[str], spec: DatasetSpec) -> str:
    """Return SHA-256 over the rows: columns by name, times in µs, floats to 9 significant digits, null `\\N`."""
    types = columns(spec)
    names = list(types)
    order = sorted(range(len(names)), key=lambda place: names[place])
    doubles = [types[name] == Type.DOUBLE for name in names]
    digest = hashlib.sha256()
    for record in records(rows, splits, spec):
        digest.update(("\x1f".join(_canonical(record[place], doubles[place]) for place in order) + "\n").encode())
    return digest.hexdigest()


def write_csv(path: Path, rows: Sequence[Row], splits: Sequence[str], spec: DatasetSpec) -> None:
    """Write the table as CSV with a heading; null is an empty cell."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns(spec))
        writer.writerows([_shown(cell) for cell in record] for record in records(rows, splits, spec))


def write_parquet(path: Path, rows: Sequence[Row], splits: Sequence[str], spec: DatasetSpec) -> None:
    """Write the table as Parquet; times in UTC to the microsecond."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    forms = {
        "bool": pa.bool_(),
        "int": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    types = columns(spec)
    cells = list(zip(*records(rows, splits, spec), strict=True)) or [()] * len(types)
    arrays = [pa.array(_cast(column, kind), forms[kind]) for column, kind in zip(cells, types.values(), strict=True)]
    pq.write_table(pa.table(dict(zip(types, arrays, strict=True))), path)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file whose bytes follow from its content."""
    path.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def described(path: Path) -> dict[str, Any]:
    """Return name, size and SHA-256 of a file."""
    with path.open("rb") as file:
        return {
            "name": path.name,
            "bytes": path.stat().st_size,
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def _canonical(cell: Cell, is_double: bool) -> str:
    if cell is None:
        return NULL
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return str((cell - _EPOCH) // timedelta(microseconds=1))
    return f"{cell:.9g}" if is_double and not isinstance(cell, str) else str(cell)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _cast(column: Sequence[Cell], kind: str) -> list[Any]:
    # JSON writes 2.0 as 2.0 or 2, depending on who wrote it; the declared type decides.
    return [float(cell) if kind == "double" and cell is not None else cell for cell in column]  # type: ignore[arg-type]
