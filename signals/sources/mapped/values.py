"""From the cell of a table to the member of an event. What cannot be read stays as it is, so that it is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Reader = Callable[[Row], Any]
COLUMNS = re.compile(r"\{([^{}]+)\}")
MOST_DIGITS = 19  # of 64 bits; what is longer is refused anyway
UNIX = {"unix": 1, "unix_ms": 1_000}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value comes from: one column, or a text with columns in braces; `words` replaces what it says."""

    text: str
    is_column: bool
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Return the columns it reads."""
        return [self.text] if self.is_column else COLUMNS.findall(self.text)

    def read(self, row: Row) -> Any:
        """Return the value, None where a column is empty."""
        found = _plain(row.get(self.text)) if self.is_column else self._filled(row)
        return self.words.get(as_text(found), found) if self.words and found is not None else found

    def _filled(self, row: Row) -> str | None:
        parts = {name: _plain(row.get(name)) for name in self.columns}
        if None in parts.values():
            return None
        return COLUMNS.sub(lambda found: as_text(parts[found[1]]), self.text)


def _plain(value: Any) -> Any:
    """Return a cell without the ways in which tables say "nothing"."""
    if isinstance(value, str):
        return value.strip() or None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_text(value: Any) -> str:
    """Return an id or a word as text: whole numbers without a fraction, as a table with gaps holds them."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def text(cell: Cell) -> Reader:
    """Read a text."""

    def read(row: Row) -> Any:
        found = cell.read(row)
        return None if found is None else as_text(found)

    return read


def several(cell: Cell, separator: str) -> Reader:
    """Read a list: of a list, or of a text with a separator."""

    def read(row: Row) -> Any:
        found = cell.read(row)
        if found is None:
            return None
        parts = found if isinstance(found, list) else as_text(found).split(separator)
        return [as_text(part).strip() for part in parts if part is not None] or None

    return read


def instant(cell: Cell, form: str, zone: tzinfo) -> Reader:
    """Read an instant; one that names no offset is of this zone."""

    def read(row: Row) -> Any:
        found = cell.read(row)
        if found is None:
            return None
        try:
            at = _instant(found, form)
        except (ValueError, OverflowError, OSError, TypeError):
            return as_text(found)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()

    return read


def _instant(value: Any, form: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if form in UNIX:
        return datetime.fromtimestamp(float(value) / UNIX[form], tz=UTC)
    found = as_text(value)
    return datetime.strptime(found, form) if form else datetime.fromisoformat(found)  # noqa: DTZ007  (zone follows)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How a file writes amounts: in major or minor units, with a point or a comma."""

    currency: Reader
    is_minor: bool
    decimal: str
    exponent: Callable[[str], int]

    def reader(self, cell: Cell) -> Reader:
        """Read an amount as {minor, currency}."""

        def read(row: Row) -> Any:
            found = cell.read(row)
            if found is None:
                return None
            currency = self.currency(row)
            return {"minor": self._minor(found, str(currency)), "currency": currency}

        return read

    def _minor(self, value: Any, currency: str) -> Any:
        written = as_text(value)
        if self.decimal == ",":
            written = written.replace(".", "").replace(",", ".")
        try:
            exact = Decimal(written) if self.is_minor else Decimal(written).scaleb(self.exponent(currency))
            return round(exact) if exact.adjusted() < MOST_DIGITS else written
        except (ArithmeticError, ValueError):
            return written
