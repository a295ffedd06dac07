"""The columns of the feature log: what a row is about, then one column for each feature that may be copied.

Nothing of it is a personal value: entities stand as row ids, and features that say who somebody is stay out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from signals.features.registry import FEATURES
from signals.features.spec import Feature, Privacy, Type, Value
from signals.services.feature_log.arrays import array
from signals.services.feature_log.statements import Logged

if TYPE_CHECKING:
    import pyarrow as pa

# In the order in which `statements.Logged` holds them.
FIXED: Final = (
    "event_id",
    "source",
    "external_id",
    "kind",
    "entity_id",
    "actor_id",
    "roles",
    "occurred_at",
    "observed_at",
    "received_at",
    "scored_at",
    "feature_version",
)


def copied() -> list[Feature]:
    """Return the features that have a column, by name."""
    return [FEATURES[name] for name in sorted(FEATURES) if FEATURES[name].privacy is not Privacy.IDENTITY]


@cache
def schema() -> pa.Schema:
    """Return names and types of all columns; a feature that was not known is null."""
    import pyarrow as pa

    time, number, word = pa.timestamp("us", tz="UTC"), pa.int64(), pa.string()
    fixed = [
        number, word, word, word, number, number, pa.map_(word, number), time, time, time, time, word,
    ]  # fmt: skip
    forms = {Type.BOOL: pa.bool_(), Type.INT: number, Type.DOUBLE: pa.float64(), Type.STRING: word}
    features = [(feature.name, forms[feature.type]) for feature in copied()]
    return pa.schema([*zip(FIXED, fixed, strict=True), *features])


def record_batch(rows: Sequence[Logged]) -> pa.RecordBatch:
    """Turn rows into columns; a feature that none of them has costs nothing."""
    import pyarrow as pa

    fixed = list(zip(*[row.fixed for row in rows], strict=True))
    known = frozenset().union(*[row.features for row in rows])
    arrays = [array(column, form) for column, form in zip(fixed, schema().types[: len(FIXED)], strict=True)]
    for field in list(schema())[len(FIXED) :]:
        cells = [row.features.get(field.name) for row in rows] if field.name in known else None
        arrays.append(pa.nulls(len(rows), field.type) if cells is None else array(cells, field.type))
    return pa.record_batch(arrays, schema=schema())


def features_of(cells: Mapping[str, Sequence[Any]], place: int) -> dict[str, Value]:
    """Return the features of one row of columns: what is null was not known."""
    return {name: column[place] for name, column in cells.items() if column[place] is not None}
