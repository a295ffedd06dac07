"""What a table says about the truth: it becomes a label with its own time of knowledge, never a member of the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from signals.enums import CLASS_VERDICT
from signals.kinds_members import ENTITY_KINDS
from signals.sources.base import Truth
from signals.sources.mapped import values
from signals.sources.mapped.checks import BadMapping, Context, require_known

TruthReader = Callable[[values.Row, str], Truth | None]
KEYS = ("entity", "id", "abuse_type", "column", "classes", "known_at", "known_after_days")


def reader(spec: Any, context: Context) -> TruthReader:
    """Check the part `truth` of a mapping and return what reads it: (row, time of the event) to a truth or None.

    A row whose word has no class says nothing; nor does one without an instant of knowledge.
    """
    if not isinstance(spec, Mapping):
        raise BadMapping("truth is a table.")
    require_known(spec, KEYS, "truth")
    for name in ("entity", "id", "abuse_type", "column", "classes"):
        if name not in spec:
            raise BadMapping(f"truth lacks {name}.")
    require_known([spec["entity"]], ENTITY_KINDS, "truth.entity", "kind of entity")
    require_known(spec["classes"].values(), CLASS_VERDICT, "truth.classes", "class")
    word = values.text(context.cell({"column": spec["column"]}, "truth.column"))
    entity_id, known_at = values.text(context.cell(spec["id"], "truth.id")), _known_at(spec, context)

    def read(row: values.Row, at: str) -> Truth | None:
        label, entity, known = spec["classes"].get(word(row)), entity_id(row), known_at(row, at)
        if label is None or entity is None or known is None:
            return None
        return Truth(spec["entity"], entity, spec["abuse_type"], label, known)

    return read


def _known_at(spec: Mapping[str, Any], context: Context) -> Callable[[values.Row, str], datetime | None]:
    """Read when the truth became known: from a column, or so many days after the event; one of them must be said."""
    if ("known_at" in spec) == ("known_after_days" in spec):
        raise BadMapping("truth says when it became known: either known_at (a column) or known_after_days.")
    if "known_at" in spec:
        column = values.instant(context.cell(spec["known_at"], "truth.known_at"), context.time_format, context.zone)
        return lambda row, at: _instant(column(row))
    delay = spec["known_after_days"]
    if not isinstance(delay, int | float) or delay < 0:
        raise BadMapping("truth.known_after_days is a number of days.")
    return lambda row, at: None if (found := _instant(at)) is None else found + timedelta(days=delay)


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
