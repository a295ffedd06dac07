"""What a batch is answered: how many of each status, and one line an item in the order of the items."""

from __future__ import annotations

from typing import Any

import msgspec

from signals.enums import EventStatus
from signals.services.intake.problems import ItemRefused
from tscore.core import ids


class ItemError(msgspec.Struct, frozen=True):
    """Why an item was refused and where; the pointer begins with the item's index."""

    code: str
    pointer: str
    detail: str


class ItemAnswer(msgspec.Struct, omit_defaults=True):
    """What became of one item."""

    index: int
    id: str
    status: str
    ref: str = ""
    flags: list[str] | None = None
    dead_letter: str = ""
    error: ItemError | None = None


class BatchAnswer(msgspec.Struct):
    """The whole answer; `status` of HTTP is 207 when at least one item was refused."""

    counts: dict[str, int]
    items: list[ItemAnswer]

    @property
    def http_status(self) -> int:
        return 207 if self.counts[EventStatus.REFUSED] else 200

    def as_json(self) -> bytes:
        """Return the answer as it is sent."""
        return msgspec.json.encode(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain objects."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


def accepted(index: int, external_id: str, status: str, ref: str, flags: list[str]) -> ItemAnswer:
    """Answer one item that is held."""
    return ItemAnswer(index, external_id, status, ref, flags)


def refused(index: int, external_id: str, problem: ItemRefused) -> ItemAnswer:
    """Answer one item that is not held; `dead_letter` is filled in once it is kept."""
    error = ItemError(problem.code, f"/{index}{problem.pointer}", problem.detail)
    return ItemAnswer(index, external_id, EventStatus.REFUSED.value, error=error)


def answer(items: list[ItemAnswer]) -> BatchAnswer:
    """Count the items by status; every status is named."""
    counts = dict.fromkeys(EventStatus.values, 0)
    for item in items:
        counts[item.status] += 1
    return BatchAnswer(counts, items)


def dead_letter_ref(pk: int) -> str:
    """Return the public word of a dead letter."""
    return ids.row_ref("dl", pk)
