"""The few words every view speaks: page, partial, see other, read the body."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from tscore.core.errors.problems import BodyLength, BodyTooLarge

if TYPE_CHECKING:
    from tscore.core.models import User

CHUNK = 64 * 1024
DRAIN_LIMIT = 64 * 2**20
BODY_SECONDS = 30.0
STALL_SECONDS = 5.0


class HtmxRequest(HttpRequest):
    """A request of a signed-in person, with htmx's headers read."""

    htmx: HtmxDetails
    user: User
    origin_id: str


def is_partial(request: HttpRequest) -> bool:
    """Tell whether the answer may be a fragment: not for boosted links and not when history is restored."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a full page."""
    return _answer(request, template, context, status)


def partial(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a fragment with one root element."""
    return _answer(request, template, context, status)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def see_other(request: HttpRequest, route: str, *args: Any) -> HttpResponse:
    """Send the browser to a page after a change: 303, or htmx's own redirect where a fragment was expected."""
    address = resolve_url(route, *args)
    if is_partial(request):
        return HttpResponseClientRedirect(address)
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return exactly the announced number of bytes.

    Raises:
        BodyLength: no length was announced, or the body ended (or stalled) before it.
        BodyTooLarge: more than `limit` bytes were announced; they are thrown away, never kept.
    """
    announced = _announced(request)
    with _limited_waiting(request):
        if announced > limit:
            _drain(request, announced)
            raise BodyTooLarge
        chunks = list(_chunks(request, announced))
    if sum(map(len, chunks)) != announced:
        raise BodyLength
    return b"".join(chunks)


def _announced(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    if not (text.isascii() and text.isdigit()):
        raise BodyLength
    return int(text)


def _drain(request: HttpRequest, announced: int) -> None:
    """Throw away a body that is too large, so that a sender still writing it gets to read our answer."""
    if announced <= DRAIN_LIMIT:
        for _ in _chunks(request, announced):
            pass


def _chunks(request: HttpRequest, announced: int) -> Iterator[bytes]:
    """Yield pieces until the announced length, the end of the stream, an error or the time limit."""
    end, left = time.monotonic() + BODY_SECONDS, announced
    while left and time.monotonic() < end:
        try:
            piece = request.read(min(CHUNK, left))
        except (UnreadablePostError, OSError):
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


@contextmanager
def _limited_waiting(request: HttpRequest) -> Iterator[None]:
    """Stop waiting for a sender who announced more than it sends and keeps the line open."""
    line = request.META.get("gunicorn.socket")
    if line is None:
        yield
        return
    before = line.gettimeout()
    line.settimeout(STALL_SECONDS)
    try:
        yield
    finally:
        line.settimeout(before)
