"""Opens what an operator names: a public set, our own lines, or a table of somebody else's with its mapping."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from signals.sources.base import BadSource, Item
from signals.sources.loaders import LOADERS
from signals.sources.mapped import FORMS, open_mapped

NAMES = tuple(sorted({*LOADERS, *FORMS}))
_ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


@dataclass(slots=True)
class Opened:
    """The items of a source, and the columns of its file that nothing reads."""

    items: Iterator[Item]
    left_out: list[str] = field(default_factory=list)


def open_source(name: str, path: Path, *, mapping: Path | None, exponent: Callable[[str], int]) -> Opened:
    """Open a source by name; `exponent` says how many minor digits a currency has.

    Raises:
        BadSource: there is no such source, its files are not there, or the mapping does not fit.
    """
    if name not in NAMES:
        nearest = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.5)
        raise BadSource(f"There is no source {name!r}. " + (f"Did you mean {nearest[0]}?" if nearest else ""))
    if mapping is None and name not in LOADERS:
        raise BadSource(f"A {name} file needs --mapping FILE, which says what its columns mean (docs/sources.md).")
    if mapping is None:
        return Opened(LOADERS[name](path))
    if name not in FORMS:
        raise BadSource(f"{name} knows its own columns: leave --mapping out.")
    found = open_mapped(name, path, mapping, exponent=exponent)
    return Opened(found.items, found.left_out)


def source_of(path: Path) -> str:
    """Return the form that a file's name tells.

    Raises:
        BadSource: it tells none.
    """
    ending = Path(path.name.removesuffix(".gz")).suffix
    if ending not in _ENDINGS:
        raise BadSource(f"{path.name} does not tell what it is: give --source.")
    return _ENDINGS[ending]
