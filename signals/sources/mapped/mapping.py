"""A mapping file: which columns of a table become which members of an event. Read from TOML or JSON, checked whole."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signals.kinds import KINDS, Kind
from signals.sources.mapped import members, truths, values
from signals.sources.mapped.checks import BadMapping, Context, require_known
from signals.sources.mapped.values import Reader

KEYS = (
    "source", "kind", "id", "time", "recordedtime", "timezone", "time_format", "currency", "unit", "decimal",
    "delimiter", "separator", "ignore", "members", "constants", "truth",
)  # fmt: skip


@dataclass(slots=True)
class Mapped:
    """A checked mapping: what to read for each part of the envelope, and which columns that needs."""

    source: str
    kind: Reader
    id: Reader
    time: Reader
    recordedtime: Reader | None
    members: list[members.Placed]
    truth: truths.TruthReader | None
    columns: list[str]
    ignored: list[str]
    delimiter: str


def read(path: Path) -> dict[str, Any]:
    """Read a mapping file.

    Raises:
        BadMapping: it is missing, or neither TOML nor JSON.
    """
    try:
        text = path.read_text("utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadMapping(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadMapping(f"The mapping {path} is no {'JSON' if path.suffix == '.json' else 'TOML'}: {error}.") from None
    if not isinstance(found, dict):
        raise BadMapping(f"The mapping {path} is one table.")
    return found


def check(spec: Mapping[str, Any], *, exponent: Callable[[str], int]) -> Mapped:
    """Check a mapping against the declared kinds, naming the nearest word for the first one that is unknown.

    Args:
        exponent: how many minor digits a currency has.
    """
    require_known(spec, KEYS, "The mapping")
    for name in ("kind", "id", "time", "members"):
        if name not in spec:
            raise BadMapping(f"The mapping lacks {name}.")
    context = _context(spec, exponent)
    kind, kinds = _kind(spec["kind"], context)
    placed = members.placed(spec["members"], spec.get("constants", {}), kinds, context)
    recorded = spec.get("recordedtime")
    return Mapped(
        source=_word(spec, "source", ""),
        kind=kind,
        id=values.text(context.cell(spec["id"], "id")),
        time=_instant(context, spec["time"], "time"),
        recordedtime=None if recorded is None else _instant(context, recorded, "recordedtime"),
        members=placed,
        truth=truths.reader(spec["truth"], context) if "truth" in spec else None,
        columns=list(context.columns),
        ignored=[str(name) for name in spec.get("ignore", [])],
        delimiter=_word(spec, "delimiter", ","),
    )


def require_columns(mapped: Mapped, columns: Iterable[str]) -> list[str]:
    """Refuse a mapping that names a column which is not there; return the columns that it leaves out."""
    known = list(columns)
    require_known(mapped.columns, known, "The file", "column")
    return [name for name in known if name not in {*mapped.columns, *mapped.ignored}]


def _context(spec: Mapping[str, Any], exponent: Callable[[str], int]) -> Context:
    try:
        zone = ZoneInfo(_word(spec, "timezone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadMapping(f"There is no time zone {spec['timezone']!r}. Write it as in Europe/Berlin.") from None
    unit, decimal = _word(spec, "unit", "major"), _word(spec, "decimal", ".")
    if unit not in {"major", "minor"} or decimal not in {".", ","}:
        raise BadMapping('unit is "major" or "minor", and decimal is "." or ",".')
    return Context(
        zone=zone,
        time_format=_word(spec, "time_format", ""),
        currency=spec.get("currency"),
        is_minor=unit == "minor",
        decimal=decimal,
        separator=_word(spec, "separator", "|"),
        exponent=exponent,
    )


def _word(spec: Mapping[str, Any], name: str, default: str) -> str:
    found = spec.get(name, default)
    if not isinstance(found, str):
        raise BadMapping(f"{name} is a text.")
    return found


def _kind(spec: Any, context: Context) -> tuple[Reader, list[Kind]]:
    """Read a kind that is the same for all rows, or a column whose words are all translated into kinds."""
    if isinstance(spec, str):
        require_known([spec], KINDS, "The table of kinds", "kind")
        return (lambda row: spec), [KINDS[spec]]
    if not isinstance(spec, Mapping) or not isinstance(spec.get("words"), Mapping) or not spec["words"]:
        raise BadMapping('kind is one of the kinds, or {column = "…", words = {"what the file says" = "kind"}}.')
    require_known(spec["words"].values(), KINDS, "The table of kinds", "kind")
    return values.text(context.cell(spec, "kind")), [KINDS[name] for name in spec["words"].values()]


def _instant(context: Context, spec: Any, place: str) -> Reader:
    return values.instant(context.cell(spec, place), context.time_format, context.zone)
