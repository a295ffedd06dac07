"""Where a training table takes logged values from: the feature log, the database, or the one and then the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from signals.features.spec import Value
from signals.services.feature_log import reading
from signals.services.tables import reads
from signals.services.tables.reads import Moment
from tscore.core.errors import Invalid


class LogIncomplete(Invalid):
    """The feature log lacks values that were logged. Let `feature_log` catch up, or read the database too."""


class Origin(StrEnum):
    """`auto` reads the feature log, and in the database only what is not there yet."""

    AUTO = "auto"
    LOG = "log"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Found:
    """Logged values by event; `from_log` of them come from the feature log."""

    values: dict[int, dict[str, Value]]
    from_log: int


def logged(moments: Sequence[Moment], names: Sequence[str], origin: Origin) -> Found:
    """Return the logged values of these events; those that were never logged are missing.

    Raises:
        LogIncomplete: only the log was to be read, and it lacks some.
    """
    if origin is Origin.DATABASE:
        return Found({moment.event_pk: moment.features for moment in moments if moment.features is not None}, 0)
    values = reading.features({moment.event_pk: moment.received_at for moment in moments}, names)
    from_log = len(values)
    others = reads.logged(sorted({moment.event_pk for moment in moments} - values.keys()))
    if others and origin is Origin.LOG:
        raise LogIncomplete
    return Found(values | others, from_log)
