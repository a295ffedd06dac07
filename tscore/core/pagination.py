"""Pages by key, never by offset: the same cost on page 1 and page 1,000, and no row skipped while rows move."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from tscore.core.errors import Invalid

M = TypeVar("M", bound=Model)


class BadCursor(Invalid):
    """This page's address is damaged. Start again from the first page."""

    code = "bad_cursor"


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows of one page and the cursors of its neighbours (None at either end)."""

    items: list[M]
    next_cursor: str | None
    previous_cursor: str | None

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Keyset:
    """An order that ends in a unique column, none of whose columns is null; `-` turns a column round."""

    order: Sequence[str]
    size: int = 50

    def page(self, queryset: QuerySet[M], cursor: str | None = None) -> Page[M]:
        """Return the page that a cursor names, or the first one."""
        backwards, values = self._read(cursor) if cursor else (False, None)
        order = [_turned(name) for name in self.order] if backwards else list(self.order)
        rows = queryset if values is None else queryset.filter(_after(order, values))
        found = list(rows.order_by(*order)[: self.size + 1])
        more, items = len(found) > self.size, found[: self.size]
        if backwards:
            items.reverse()
        has_next, has_previous = (True, more) if backwards else (more, values is not None)
        return Page(
            items=items,
            next_cursor=self._write(items[-1], backwards=False) if items and has_next else None,
            previous_cursor=self._write(items[0], backwards=True) if items and has_previous else None,
        )

    def beyond(self, queryset: QuerySet[M], cursor: str | None) -> QuerySet[M]:
        """Return all rows after a cursor (of a page that goes on forwards) in their order."""
        values = self._read(cursor)[1] if cursor else None
        return (queryset if values is None else queryset.filter(_after(self.order, values))).order_by(*self.order)

    def cursor_after(self, row: Model) -> str:
        """Return the cursor of what follows a row."""
        return self._write(row, backwards=False)

    @property
    def _salt(self) -> str:
        return "keyset:" + ",".join(self.order)

    def _write(self, row: Model, *, backwards: bool) -> str:
        values = [_plain(_value(row, name.lstrip("-"))) for name in self.order]
        return signing.dumps([int(backwards), *values], salt=self._salt, compress=True)

    def _read(self, cursor: str) -> tuple[bool, list[Any]]:
        try:
            backwards, *values = signing.loads(cursor, salt=self._salt)
        except (signing.BadSignature, json.JSONDecodeError, ValueError):
            raise BadCursor from None
        return bool(backwards), values


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return (a > x) or (a = x and b > y) or …, with a bound on `a` that an index can use."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column, way = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= equal & Q(**{f"{column}__{way}": value})
        equal &= Q(**{column: value})
    first, way = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{first}__{way}": values[0]}) & condition


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
