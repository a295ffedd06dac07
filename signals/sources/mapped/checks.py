"""What every part of a mapping is checked with: its one kind of error, and what all values of a file share."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from signals.sources.base import BadSource
from signals.sources.mapped import values
from signals.sources.mapped.values import Cell


class BadMapping(BadSource):
    """This mapping file does not say how to read the rows."""


@dataclass(slots=True)
class Context:
    """What all values of one file share, and the columns named so far."""

    zone: tzinfo
    time_format: str
    currency: Any
    is_minor: bool
    decimal: str
    separator: str
    exponent: Callable[[str], int]
    columns: dict[str, None] = field(default_factory=dict)

    def cell(self, spec: Any, place: str) -> Cell:
        """Read where a value comes from: a column, a text with columns in braces, or {column, words}."""
        if isinstance(spec, str) and spec:
            cell = Cell(spec, is_column=not values.COLUMNS.search(spec))
        elif isinstance(spec, Mapping) and isinstance(spec.get("column"), str):
            words = spec.get("words", {})
            if not isinstance(words, Mapping):
                raise BadMapping(f"{place}: words is a table from what the file says to what is meant.")
            cell = Cell(spec["column"], is_column=True, words=words)
        else:
            raise BadMapping(f'{place} is a column, a text with {{columns}} in braces, or {{column = "…"}}.')
        self.columns.update(dict.fromkeys(cell.columns))
        return cell


def require_known(given: Iterable[str], known: Iterable[str], where: str, what: str = "member") -> None:
    """Refuse the first unknown word, naming the nearest known one."""
    known = list(known)
    for name in given:
        if name not in known:
            nearest = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"Did you mean {nearest[0]}?" if nearest else f"Known: {', '.join(known[:20])}."
            raise BadMapping(f"{where} has no {what} {str(name)[:64]!r}. {hint}")
