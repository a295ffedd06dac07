"""Which of several statements about the same thing holds at an instant. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from signals.enums import LabelSource
from signals.models import Label

_APART = {LabelSource.GOLD, LabelSource.IMPORT}
# The nine sources in order; an imported truth counts where nobody here said anything, gold never resolves.
PRECEDENCE = [source for source in LabelSource if source not in _APART] + [LabelSource.IMPORT]
_RANK = {source.value: rank for rank, source in enumerate(PRECEDENCE)}


def resolve(labels: Iterable[Label], as_of: datetime) -> Label | None:
    """Return the label that holds at `as_of`, by precedence of source, then by the latest `known_at`.

    Labels known later, those that a label known by then supersedes, and withdrawn ones do not count; None where no
    other is left.
    """
    known = [label for label in labels if label.known_at <= as_of and label.source in _RANK]
    replaced = {label.supersedes_id for label in known if label.supersedes_id is not None}
    standing = [label for label in known if label.pk not in replaced and label.verdict != "withdrawn"]
    return min(standing, key=_order, default=None)


def _order(label: Label) -> tuple[int, float, int]:
    return _RANK[label.source], -label.known_at.timestamp(), -(label.pk or 0)
