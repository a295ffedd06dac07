"""Tokens, seals and texts that can be made unreadable for ever.

A token is an HMAC under `TOKEN_KEY`: equal values give equal tokens, nobody reads the value from one. A seal is
AES-256-GCM under `DATA_KEY`, bound to a context (`aad`) so that a ciphertext cannot be moved to another row.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tscore.core import ids, keyed
from tscore.core.models import ErasableKey

NONCE: Final = 12
TOKEN_LENGTH: Final = 26
KEY_ID: Final = hashlib.sha256(b"key id\x1f" + settings.DATA_KEY).hexdigest()[:12]


class Unreadable(Exception):
    """This ciphertext was changed, moved or sealed under another key."""


def mac(data: bytes) -> bytes:
    """Return the 32-byte HMAC by which equal contents are recognised."""
    return keyed.digest(b"mac\x1f" + data)


def token(kind: str, normalised: str) -> str:
    """Return the token of a personal value, 130 bits; the value must be normalised already."""
    digest = keyed.digest(f"token\x1f{kind}\x1f{normalised}".encode())
    return "tok_" + ids.base32(int.from_bytes(digest[:17]) % 32**TOKEN_LENGTH, length=TOKEN_LENGTH)


def seal(text: str, aad: str) -> bytes:
    """Return the text encrypted and bound to its context."""
    return _seal(_cipher(), text.encode(), aad)


def open_sealed(ciphertext: bytes, aad: str) -> str:
    """Return the text again, or raise Unreadable."""
    return _open(_cipher(), bytes(ciphertext), aad).decode()


def seal_erasable(text: str, tokens: Iterable[str], now: datetime) -> tuple[ErasableKey, bytes]:
    """Return a new, unsaved key and the text encrypted under it; save the key before the row that refers to it."""
    raw = os.urandom(32)
    key = ErasableKey(wrapped=_seal(_cipher(), raw, "erasable key"), tokens=sorted(set(tokens)), created_at=now)
    return key, _seal(AESGCM(raw), text.encode(), "erasable text")


def open_erasable(key: ErasableKey | None, ciphertext: bytes) -> str | None:
    """Return the text again, or None where its key was erased."""
    if key is None:
        return None
    raw = _open(_cipher(), bytes(key.wrapped), "erasable key")
    return _open(AESGCM(raw), bytes(ciphertext), "erasable text").decode()


@cache
def _cipher() -> AESGCM:
    return AESGCM(settings.DATA_KEY)


def _seal(cipher: AESGCM, data: bytes, aad: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, data, aad.encode())


def _open(cipher: AESGCM, ciphertext: bytes, aad: str) -> bytes:
    try:
        return cipher.decrypt(ciphertext[:NONCE], ciphertext[NONCE:], aad.encode())
    except (InvalidTag, ValueError):
        raise Unreadable from None
