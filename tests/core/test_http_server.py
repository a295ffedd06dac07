"""Bodies that lie, against the real web server: what a test client cannot send."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    log = os.open(tmp_path_factory.mktemp("server") / "log", os.O_WRONLY | os.O_CREAT)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{number}",
         "tests.core.body_server:application"],
        env={**os.environ}, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(10)
        os.close(log)


def _wait_for(number: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The web server did not start within 20 s.")


def send(port: int, announced: int | None, body: bytes, *, close: bool = False) -> str:
    """Send a request by hand and return the body of the answer."""
    length = "" if announced is None else f"Content-Length: {announced}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}\r\n".encode() + body)
        if close:
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer.partition(b"\r\n\r\n")[2].decode()


def test_server_gives_the_body_it_was_sent(port):
    assert send(port, 5, b"hello") == "200 5"


def test_body_that_ends_early_is_refused(port):
    assert send(port, 50, b"hello", close=True) == "400 body_length"


def test_body_that_never_comes_is_refused_in_time(port):
    begun = time.monotonic()

    assert send(port, 50, b"hello") == "400 body_length"

    assert time.monotonic() - begun < 20


def test_body_without_a_length_is_refused(port):
    assert send(port, None, b"") == "400 body_length"


def test_sender_of_twenty_megabytes_reads_why_they_were_refused(port):
    size = 20 * 2**20

    assert send(port, size, b"x" * size) == "413 body_too_large"


def test_absurd_length_is_refused_at_once(port):
    assert send(port, 10**15, b"") == "413 body_too_large"
