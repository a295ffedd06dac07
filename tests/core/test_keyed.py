"""The quick digest is the plain HMAC."""

import hashlib
import hmac

import pytest
from django.test import override_settings

from tscore.core import ids, keyed


@pytest.mark.parametrize("key", [b"k", b"k" * 32, b"k" * 64, b"k" * 200])
@pytest.mark.parametrize("data", [b"", b"abc", b"x" * 5000])
def test_digest_is_hmac_sha256(key, data):
    with override_settings(TOKEN_KEY=key):
        assert keyed.digest(data) == hmac.digest(key, data, hashlib.sha256)


@pytest.mark.parametrize(
    ("number", "length", "text"), [(0, 1, "0"), (31, 1, "z"), (32, 1, "10"), (7, 4, "0007"), (1023, 1, "zz")]
)
def test_base32_pads_to_its_length(number, length, text):
    assert ids.base32(number, length=length) == text
    assert ids.parse_base32(text) == number
