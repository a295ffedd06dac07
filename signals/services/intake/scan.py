"""Where items begin and end in a body: one linear pass over the bytes, before anything is decoded.

Nothing here recurses, and the cost does not depend on how hostile the text is: quotes and brackets are found and
counted by array operations over blocks of the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from signals.services.intake.problems import ItemRefused
from tscore.core.errors import BadRequest, Invalid, TooLarge

MOST_ITEMS = 1000
ITEM_LIMIT = 64 * 1024
BODY_LIMIT = 16 * 1024 * 1024
DEEPEST = 32
_BLOCK = 1 << 20
_WHITE = b" \t\r\n"
_QUOTE, _OPEN, _CLOSE, _COMMA = 1, 2, 3, 4
_TABLE = np.zeros(256, np.uint8)
for _characters, _code in ((b'"', _QUOTE), (b"[{", _OPEN), (b"]}", _CLOSE), (b",", _COMMA)):
    _TABLE[list(_characters)] = _code
_STEP = np.zeros(8, np.int32)
_STEP[[_OPEN, _CLOSE]] = 1, -1


class MalformedJson(BadRequest):
    """The brackets of this text do not close. Send one JSON object, an array of objects, or one object a line."""

    code = "malformed_json"


class TooManyItems(TooLarge):
    """A batch holds at most 1,000 items. Split it."""

    code = "too_many_items"


class NoItems(Invalid):
    """A batch holds at least one item."""


@dataclass(slots=True)
class Scanned:
    """One item's bytes, or why it is refused before it is decoded."""

    raw: bytes
    problem: ItemRefused | None = None


def split(body: bytes, *, lines: bool) -> list[Scanned]:
    """Cut a body into items: an array, a single object, or (`lines`) one object a line.

    Raises:
        MalformedJson: the brackets do not close; in `lines` only the line is refused.
        TooManyItems, NoItems.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    items = [scan(raw) for raw in (_lines(body) if lines else _elements(body))]
    if not items:
        raise NoItems()
    return items


def scan(raw: bytes) -> Scanned:
    """Look at one item by itself: its size, its depth, and whether its brackets close."""
    if len(raw) > ITEM_LIMIT:
        return Scanned(raw, ItemRefused("item_too_large"))
    # Counting brackets is enough for nearly every item: what holds few of them cannot be deep.
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _depth(raw) > DEEPEST:
        return Scanned(raw, ItemRefused("too_deep"))
    return Scanned(raw)


def is_closed(raw: bytes) -> bool:
    """Tell whether every string and bracket of a text closes."""
    depth, quoted = 0, False
    for block in _marks(raw):
        depth, quoted = block.depth_after, block.quoted_after
        if block.lowest < 0:
            return False
    return depth == 0 and not quoted


def _lines(body: bytes) -> Iterator[bytes]:
    count = 0
    for line in body.split(b"\n"):
        if raw := line.strip(_WHITE):
            count += 1
            if count > MOST_ITEMS:
                raise TooManyItems()
            yield raw


def _elements(body: bytes) -> list[bytes]:
    body = body.strip(_WHITE)
    if body[:1] == b"{":
        if not is_closed(body):
            raise MalformedJson()
        return [body]
    if body[:1] != b"[":
        raise MalformedJson()
    edges = _edges(body)
    pieces = [body[left + 1 : right].strip(_WHITE) for left, right in pairwise(edges)]
    return [] if pieces == [b""] else pieces


def _edges(body: bytes) -> list[int]:
    """Find the opening bracket, the commas between elements and the closing bracket of an array."""
    edges = [0]
    for block in _marks(body):
        top = block.places[(block.codes == _COMMA) & (block.depths == 1)]
        edges.extend(top[: MOST_ITEMS + 1].tolist())
        if len(edges) > MOST_ITEMS:
            raise TooManyItems()
        ends = block.places[(block.codes == _CLOSE) & (block.depths <= 0)]
        if len(ends):
            return [*_closed_at(body, int(ends[0]), edges), int(ends[0])]
    raise MalformedJson()


def _closed_at(body: bytes, end: int, edges: list[int]) -> list[int]:
    """Refuse an array that ends with the wrong bracket or goes on after its end."""
    if body[end : end + 1] != b"]" or end + 1 != len(body):
        raise MalformedJson()
    return [edge for edge in edges if edge < end]


def _depth(raw: bytes) -> int:
    return max((int(block.depths.max(initial=0)) for block in _marks(raw)), default=0)


@dataclass(slots=True)
class _Marks:
    """The brackets and commas outside strings in one block; `depths` counts each bracket already."""

    places: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint8]
    depths: npt.NDArray[np.int64]
    depth_after: int
    quoted_after: bool

    @property
    def lowest(self) -> int:
        return int(self.depths.min(initial=0))


def _marks(body: bytes) -> Iterator[_Marks]:
    depth, quoted = 0, False
    plain = _without_escapes(body)
    for start in range(0, len(plain), _BLOCK):
        codes = _TABLE[np.frombuffer(plain, np.uint8, min(_BLOCK, len(plain) - start), start)]
        places = np.flatnonzero(codes)
        codes = codes[places]
        quotes = np.cumsum(codes == _QUOTE) + int(quoted)
        outside = (quotes & 1 == 0) & (codes != _QUOTE)
        places, codes = places[outside] + start, codes[outside]
        depths = np.cumsum(_STEP[codes]) + depth
        quoted = bool(quotes[-1] & 1) if len(quotes) else quoted
        depth = int(depths[-1]) if len(depths) else depth
        yield _Marks(places, codes, depths, depth, quoted)


def _without_escapes(body: bytes) -> bytes:
    """Blank out escaped characters that could be taken for the end of a string, keeping every position."""
    if b"\\" not in body:
        return body
    return body.replace(b"\\\\", b"..").replace(b'\\"', b"..")
