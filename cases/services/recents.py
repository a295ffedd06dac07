"""Remembers what a person opened, so that the palette can offer it again: references only, no text of anybody."""

from __future__ import annotations

from typing import Final

from tscore.core import db
from tscore.core.models import User

KEPT: Final = 12
_OPENED = """
INSERT INTO cases_recent AS kept (user_id, things) VALUES (%(user)s, ARRAY[%(thing)s])
ON CONFLICT (user_id) DO UPDATE
   SET things = (ARRAY[%(thing)s]::varchar[] || array_remove(kept.things, %(thing)s))[1:%(kept)s]
 WHERE kept.things[1] IS DISTINCT FROM %(thing)s"""


def opened(*, user: User, kind: str, number: int) -> None:
    """Put a `case` or `entity` (its row number) first among what the person opened, in one statement."""
    terms = {"user": user.pk, "thing": f"{kind}:{number}", "kept": KEPT}
    db.in_any_transaction(lambda: db.rows(_OPENED, terms))
