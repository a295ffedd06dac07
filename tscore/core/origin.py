"""Where the running work comes from: the request's id and address, readable wherever an audit row is written."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from tscore.core import ids


@dataclass(frozen=True)
class Origin:
    """A request's id and the caller's address; empty outside any request."""

    request_id: str = ""
    ip: str | None = None


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    """Return the origin of the running work."""
    return _current.get()


@contextmanager
def of_request(request: HttpRequest) -> Iterator[Origin]:
    """Give everything inside the block the id and address of one request."""
    origin = Origin(request_id=ids.new_id("rq"), ip=_address(request))
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def _address(request: HttpRequest) -> str | None:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # Only the last entry was written by our own proxy; everything before it is the caller's word.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
