"""Fetching what a stranger named: from hosts that are allowed, at addresses that are public, little and fast.

The name is resolved once, every address it has is checked, and the connection goes to the one that was checked, so that
a name which answers differently the next time changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3

CONNECT_S, READ_S, WHOLE_S = 2.0, 3.0, 6.0
CHUNK: Final = 64 * 1024
LONGEST_ADDRESS: Final = 500
PORTS: Final = {"http": 80, "https": 443}
Resolve = Callable[[str, int], Collection[str]]
_HOST: Final = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# `is_private` and `is_global` let pass what reaches us all the same, so what is refused is listed.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    )
)  # fmt: skip
# The only block that is given out; what lies within it and leads elsewhere: Teredo and other protocols, 6to4, examples.
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


class NotFetched(Exception):
    """The answer to why nothing was fetched: a word for `code`, never what the other side said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where may be fetched from: host names (`.shop.example` for all below it) and origins that need no check."""

    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def fits(self, host: str) -> bool:
        """Tell whether a host is named here."""
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)


def is_public(text: str) -> bool:
    """Tell whether an address lies in the open internet; what is no plain address does not."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in block for block in _NOT_PUBLIC_6)


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(url: str, *, allowed: Allowed, limit: int, resolve: Resolve = resolved) -> bytes:
    """Return at most `limit` bytes from an address, or raise NotFetched."""
    parts, own = _parts(url), _is_own(url, allowed)
    host, port = parts.hostname or "", _port(parts)
    if own:
        return _get(parts, host, port, limit=limit)
    if not allowed.fits(host):
        raise NotFetched("host_not_allowed")
    if not _HOST.fullmatch(host) or port != PORTS[parts.scheme]:
        raise NotFetched("bad_address")
    return _get(parts, _checked(host, port, resolve), port, limit=limit)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port(parts)
    except (ValueError, KeyError):
        raise NotFetched("bad_address") from None
    plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>^`{}|')
    host = parts.hostname or ""
    if not plain or len(url) > LONGEST_ADDRESS or parts.netloc.lower() not in (host, f"{host}:{_port(parts)}"):
        raise NotFetched("bad_address")
    return parts


def _port(parts: SplitResult) -> int:
    return PORTS[parts.scheme] if parts.port is None else parts.port


def _is_own(url: str, allowed: Allowed) -> bool:
    """Tell whether an address begins with an origin that the one who runs this console named."""
    return any(url.startswith(f"{origin.rstrip('/')}/") for origin in allowed.origins if origin)


def _checked(host: str, port: int, resolve: Resolve) -> str:
    """Return an address of a host whose addresses are all public."""
    try:
        found = list(resolve(host, port))
    except OSError:
        raise NotFetched("unknown_host") from None
    if not found or not all(is_public(address) for address in found):
        raise NotFetched("not_public")
    return found[0]


def _get(parts: SplitResult, address: str, port: int, *, limit: int) -> bytes:
    end = time.monotonic() + WHOLE_S
    try:
        with (
            _pool(parts, address, port) as pool,
            pool.urlopen(
                "GET",
                (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                headers={
                    "Host": parts.netloc,
                    "Accept": "image/*",
                    "Accept-Encoding": "identity",
                    "User-Agent": "tscore",
                },
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            ) as answer,
        ):
            return _body(answer, limit=limit, end=end)
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        raise NotFetched("no_answer") from None


def _pool(parts: SplitResult, address: str, port: int) -> urllib3.HTTPConnectionPool:
    """Return a pool for the checked address; the certificate must be that of the name."""
    waits = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=waits)
    name = parts.hostname
    return urllib3.HTTPSConnectionPool(address, port, timeout=waits, server_hostname=name, assert_hostname=name)


def _body(answer: urllib3.BaseHTTPResponse, *, limit: int, end: float) -> bytes:
    if answer.status != 200:  # a redirect as well: where it leads was never checked
        raise NotFetched("no_answer")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotFetched("bad_encoding")
    body = bytearray()
    while piece := answer.read1(CHUNK):
        body += piece
        if len(body) > limit:
            raise NotFetched("too_large")
        if time.monotonic() > end:
            raise NotFetched("too_slow")
    return bytes(body)
