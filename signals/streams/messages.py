"""What a message holds: one item, an array of them, or one a line. What holds none is one item that is refused."""

from __future__ import annotations

from typing import Any

from signals.services.intake.problems import ItemRefused
from signals.services.intake.scan import BODY_LIMIT, MalformedJson, NoItems, Scanned, TooManyItems, scan, split

LINES = "application/x-ndjson"


def items_of(body: Any, content_type: str | None) -> list[Scanned]:
    """Return the items of one message, at least one; the rules are those of an HTTP body."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body or b"")
    if len(raw) > BODY_LIMIT:
        return [Scanned(raw, ItemRefused("item_too_large", detail="A message holds at most 16 MiB. Split it."))]
    try:
        return split(raw, lines=(content_type or "").startswith(LINES))
    except TooManyItems as error:
        return [Scanned(raw, ItemRefused("too_many_items", detail=error.detail))]
    except (MalformedJson, NoItems):
        return [scan(raw)]
