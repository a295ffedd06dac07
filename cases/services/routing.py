"""Which queue takes a case: the first routing rule that fits, else the queue of its abuse type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


def route(*, case_ids: Sequence[int], now: datetime) -> list[int]:
    """Send free cases to the queue of the first rule that fits; return those that moved."""
    return []
