"""Rows of CSV, JSON-lines and Parquet files, one at a time; none of them is read into memory as a whole."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import msgspec

from signals.sources.base import BadSource
from signals.sources.jsonl import lines

PEEK = 200
LONGEST_FIELD = 256 * 1024
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column; `raw` instead where the row cannot be read as one."""

    values: Mapping[str, Any]
    raw: bytes | None = None


@dataclass(slots=True)
class Table:
    """The columns of a file, as far as they are known before it is read, and its rows."""

    columns: list[str]
    rows: Iterator[Row]


def open_table(form: str, path: Path, *, wanted: Sequence[str], delimiter: str = ",") -> Table:
    """Open a file of one of the three forms; of columns that are not wanted nothing need be read.

    Raises:
        BadSource: it is not there, or not of that form.
    """
    if not path.is_file():
        raise BadSource(f"{path} is no file.")
    if form == "csv":
        return _csv(path, delimiter)
    return _parquet(path, wanted) if form == "parquet" else _jsonl(path)


def _csv(path: Path, delimiter: str) -> Table:
    rows = _csv_rows(path, delimiter)
    header = next(rows, None)
    if header is None:
        raise BadSource(f"{path} is empty: its first line names the columns.")
    columns = [name.strip() for name in header]
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise BadSource(f"{path} names the column {twice[0]!r} twice.")
    return Table(columns, (_csv_row(columns, fields) for fields in rows if fields))


def _csv_row(columns: list[str], fields: list[str]) -> Row:
    if len(fields) != len(columns):
        return Row({}, msgspec.json.encode(fields))
    return Row(dict(zip(columns, fields, strict=True)))


def _csv_rows(path: Path, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    with _text(path) as file:
        reader = csv.reader(_bounded(file), delimiter=delimiter)
        try:
            yield from reader
        except (csv.Error, EOFError, OSError) as error:
            raise BadSource(f"{path} cannot be read on from line {reader.line_num}: {error}.") from error


def _bounded(file: IO[str]) -> Iterator[str]:
    """Yield lines; a file without line breaks must not be read into memory as one."""
    while line := file.readline(LONGEST_FIELD):
        if len(line) == LONGEST_FIELD and not line.endswith("\n"):
            raise csv.Error(f"a line is longer than {LONGEST_FIELD:,} characters")
        yield line


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    """Open a text file that may be gzipped; what is not UTF-8 becomes U+FFFD, as it does in an item."""
    with (
        gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file,
        io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text,
    ):
        yield text


def _jsonl(path: Path) -> Table:
    rows = (_record(text) for line in lines(path) if (text := line.strip()))
    first = list(islice(rows, PEEK))
    columns = dict.fromkeys(name for row in first for name in _names(row.values))
    return Table(list(columns), chain(first, rows))


def _record(line: bytes) -> Row:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Row({}, line)
    return Row(_flat(found)) if isinstance(found, dict) else Row({}, line)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a record, and those of objects in it under dotted names."""
    inner = {f"{outer}.{name}": value for outer, held in record.items() if isinstance(held, dict)
             for name, value in held.items()}  # fmt: skip
    return record | inner if inner else record


def _names(values: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, value in values.items() if not isinstance(value, dict))


def _parquet(path: Path, wanted: Sequence[str]) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadSource(f"{path} is no Parquet file: {str(error).splitlines()[0]}") from error
    columns = list(file.schema_arrow.names)
    return Table(columns, _parquet_rows(file, [name for name in columns if name in wanted]))


def _parquet_rows(file: Any, columns: list[str]) -> Iterator[Row]:
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns):
        for values in batch.to_pylist():
            yield Row(values)
