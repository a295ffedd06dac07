"""Commands of forms: each form carries a key made here, so that sending it twice does it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tscore.core import idempotency, ids
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest

FIELD = "form_key"
# What differs between two sendings of one form without changing what it asks for.
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", FIELD})


class KeyMissing(Invalid):
    """This form has no key, so it could run twice. Reload the page and send it again."""


def new() -> str:
    """Return the key of a form that is about to be shown."""
    return ids.new_id("fk")


def once(
    request: HtmxRequest, *, now: datetime, run: Callable[[], dict[str, Any]], key: str | None = None
) -> dict[str, Any]:
    """Run a form's command at most once; a second sending gets the first answer.

    Raises:
        KeyMissing: the form carries no key.
    """
    key = key or request.POST.get(FIELD, "")
    if not key:
        raise KeyMissing
    _, answer = idempotency.once(
        key=key, actor=f"user:{request.user.pk}", request=_content(request), now=now, run=lambda: (200, run())
    )
    return answer


def add(request: HtmxRequest, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Take the next step of a form's command and add it to its answer; see `idempotency.add`."""
    return idempotency.add(key=request.POST[FIELD], actor=f"user:{request.user.pk}", run=run)


def _content(request: HtmxRequest) -> bytes:
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_CONTENT for value in values]
    return f"{request.path}?{urlencode(sorted(fields))}".encode()
