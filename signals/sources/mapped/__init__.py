"""Files of others: CSV, JSON lines or Parquet, with a mapping file that says which column is which member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth
from signals.sources.mapped import mapping
from signals.sources.mapped.checks import BadMapping
from signals.sources.mapped.mapping import Mapped
from signals.sources.mapped.rows import Row, open_table

__all__ = ["FORMS", "BadMapping", "MappedFile", "open_mapped"]
FORMS = ("csv", "jsonl", "parquet")


@dataclass(slots=True)
class MappedFile:
    """A file with its mapping, both checked: its items, and the columns that nothing reads."""

    items: Iterator[Item]
    left_out: list[str]


def open_mapped(form: str, path: Path, mapping_file: Path, *, exponent: Callable[[str], int]) -> MappedFile:
    """Open a file and check the mapping against the kinds and the file's columns before the first row is read."""
    mapped = mapping.check(mapping.read(mapping_file), exponent=exponent)
    table = open_table(form, path, wanted=mapped.columns, delimiter=mapped.delimiter)
    left_out = mapping.require_columns(mapped, table.columns)
    return MappedFile((_item(row, mapped) for row in table.rows), left_out)


def _item(row: Row, mapped: Mapped) -> Item:
    if row.raw is not None:
        return Item({}, raw=row.raw)
    kind, at = mapped.kind(row.values), mapped.time(row.values)
    envelope = {
        "id": mapped.id(row.values),
        "source": mapped.source or None,
        "type": kind,
        "time": at,
        "recordedtime": mapped.recordedtime(row.values) if mapped.recordedtime else None,
        "data": _data(row, mapped, kind),
    }
    return Item({name: value for name, value in envelope.items() if value is not None}, _truth(row, mapped, at))


def _data(row: Row, mapped: Mapped, kind: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for member in mapped.members:
        if kind in member.kinds and (value := member.read(row.values)) is not None:
            *outer, name = member.path
            (data.setdefault(outer[0], {}) if outer else data)[name] = value
    return data


def _truth(row: Row, mapped: Mapped, at: str | None) -> Truth | None:
    return mapped.truth(row.values, at or "") if mapped.truth else None
