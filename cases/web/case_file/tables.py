"""The parts that a case file is put together from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Section:
    """One table; `widths` are shares of the width of a page, a `note` says what is missing and why."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    note: str = ""


def instant(moment: datetime) -> str:
    """Say a moment so that it means the same everywhere."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
