"""HMAC-SHA256 under the token key. The key is worked in once, since ingest asks for thousands of short digests."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 64


def digest(data: bytes) -> bytes:
    """Return the 32 bytes that `hmac.digest(TOKEN_KEY, data, "sha256")` gives."""
    inner_start, outer_start = _started(settings.TOKEN_KEY)
    inner, outer = inner_start.copy(), outer_start.copy()
    inner.update(data)
    outer.update(inner.digest())
    return outer.digest()


@cache
def _started(key: bytes) -> tuple[_Hash, _Hash]:
    """Begin the inner and the outer hash of RFC 2104."""
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)), hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
