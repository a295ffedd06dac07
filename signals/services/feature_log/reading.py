"""Read the feature log: values of certain events for a training table, or whole days for a back-test.

Only files of the manifest are read: what a killed worker left behind is in none of its lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from signals.features.spec import Value
from signals.services.feature_log import columns
from tscore.core.db import array, rows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

FILES_SQL: Final = """
SELECT file ->> 'path' FROM signals_featurepart part CROSS JOIN LATERAL jsonb_array_elements(part.files) AS file
WHERE part.written_at IS NOT NULL AND (%(days)s::date[] IS NULL OR (file ->> 'day')::date = ANY(%(days)s::date[]))
ORDER BY part.id, 1"""


def features(received: Mapping[int, datetime], names: Sequence[str]) -> dict[int, dict[str, Value]]:
    """Return the logged values of events; those that are not in the log are missing.

    Args:
        received: when each event was received, by its row id.
        names: the features that are read.
    """
    import pyarrow as pa
    import pyarrow.dataset as ds

    days = {at.astimezone(UTC).date() for at in received.values()}
    log = _dataset(paths(days))
    if log is None:
        return {}
    known = [name for name in names if name in columns.schema().names]
    wanted = ds.field("event_id").isin(pa.array(sorted(received), pa.int64()))
    found: dict[int, dict[str, Value]] = {}
    for batch in log.to_batches(columns=["event_id", *known], filter=wanted):
        cells = batch.to_pydict()
        for place, event_id in enumerate(cells.pop("event_id")):
            found[event_id] = columns.features_of(cells, place)
    return found


def table(*, days: Collection[date], kinds: Sequence[str], names: Sequence[str]) -> pa.Table:
    """Return the newest revision of each event in the log for some days, with what it is about and some features.

    Returns:
        the fixed columns and one for each name, in no order. A revision received on a day that is not asked for
        replaces none.
    """
    import pyarrow.dataset as ds

    log = _dataset(paths(days))
    wanted = [*columns.FIXED, *(name for name in names if name in columns.schema().names)]
    if log is None:
        return columns.schema().empty_table().select(wanted)
    return newest(log.to_table(columns=wanted, filter=ds.field("kind").isin(list(kinds))))


def newest(found: pa.Table) -> pa.Table:
    """Return of each `(source, external_id)` the line with the greatest `observed_at`; the same line twice is one."""
    import pyarrow as pa

    keys = zip(*(found[name].to_pylist() for name in ("source", "external_id", "observed_at")), strict=True)
    last: dict[tuple[str, str], tuple[datetime, int]] = {}
    for place, (source, external_id, observed_at) in enumerate(keys):
        key = source, external_id
        if key not in last or last[key][0] < observed_at:
            last[key] = observed_at, place
    return found.take(pa.array(sorted(place for _, place in last.values()), pa.int64()))


def paths(days: Collection[date] | None = None) -> list[Path]:
    """Return the files that the manifest names for some days and that are still there."""
    asked = None if days is None else array([day.isoformat() for day in sorted(days)])
    named = [settings.FEATURE_LOG / path for (path,) in rows(FILES_SQL, {"days": asked})]
    return [path for path in named if path.exists()]


def missing() -> Iterator[str]:
    """Yield what the manifest names and what is not there, or not as long as it was; forgotten days are left out."""
    statement = """SELECT file ->> 'path', (file ->> 'bytes')::bigint
        FROM signals_featurepart part CROSS JOIN LATERAL jsonb_array_elements(part.files) AS file ORDER BY part.id, 1"""
    for name, size in rows(statement):
        path = settings.FEATURE_LOG / name
        if path.parent.exists() and (not path.exists() or path.stat().st_size != size):
            yield name


def _dataset(found: Sequence[Path]) -> ds.Dataset | None:
    import pyarrow.dataset as ds

    # The schema says which columns there are: files of earlier definitions lack some, and those are null.
    return ds.dataset([str(path) for path in found], schema=columns.schema(), format="parquet") if found else None
