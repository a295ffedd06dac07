import io

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from tscore.core.errors import BodyLength, BodyTooLarge
from tscore.core.http import read_body


def request_with(body: bytes, length: str | None) -> WSGIRequest:
    request = RequestFactory().post("/", b"", content_type="application/json")
    environ = {**request.environ, "wsgi.input": io.BytesIO(body)}
    environ.pop("CONTENT_LENGTH", None)
    return WSGIRequest(environ if length is None else {**environ, "CONTENT_LENGTH": length})


def test_read_body_returns_the_announced_bytes():
    assert read_body(request_with(b"x" * 200_000, "200000"), 10**6) == b"x" * 200_000


def test_read_body_returns_nothing_for_nothing():
    assert read_body(request_with(b"", "0"), 10) == b""


@pytest.mark.parametrize("length", [None, "", "-1", "ten", "1e3", "²"])
def test_read_body_refuses_a_length_that_is_none(length):
    with pytest.raises(BodyLength):
        read_body(request_with(b"{}", length), 10)


def test_read_body_refuses_a_body_shorter_than_announced():
    with pytest.raises(BodyLength):
        read_body(request_with(b"{}", "3"), 10)


def test_read_body_stops_at_the_announced_length():
    assert read_body(request_with(b"{}{}", "2"), 10) == b"{}"


def test_read_body_refuses_a_body_over_the_limit_and_lets_the_sender_finish():
    request = request_with(b"x" * 100_000, "100000")

    with pytest.raises(BodyTooLarge):
        read_body(request, 99_999)

    assert request.read(1) == b""


class Stalled(io.RawIOBase):
    """A sender that announced more than it sends and keeps the line open until the time limit."""

    def read(self, size: int = -1) -> bytes:
        raise TimeoutError


def test_read_body_refuses_a_sender_that_stalls():
    request = request_with(b"", "10")
    request.environ["wsgi.input"] = Stalled()

    with pytest.raises(BodyLength):
        read_body(WSGIRequest(request.environ), 10)
