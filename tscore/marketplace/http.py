"""HTTP without the marketplace in it: bounded bodies, JSON answers, one error shape, connections that can be cut."""

import contextlib
import json
import logging
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tscore.marketplace.requests import BadRequest

LONGEST_BODY = 64 * 1024
BODY_SECONDS = 10.0
IDLE_SECONDS = 75.0
DRAIN_SECONDS, DRAIN_BYTES = 2.0, 32 << 20

logger = logging.getLogger("marketplace.http")


class Server(ThreadingHTTPServer):
    """A threading server that knows its open connections, so that it can stop without waiting for clients."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def enter(self, connection: socket.socket) -> None:
        """Count a connection as open, or cut it when the server is stopping already."""
        with self._open_lock:
            self._open.add(connection)
            if self.stopping.is_set():
                cut(connection)

    def leave(self, connection: socket.socket) -> None:
        """Forget a connection that is done."""
        with self._open_lock:
            self._open.discard(connection)

    def stop(self) -> None:
        """Stop listening, cut what is open and wait for the threads."""
        self.shutdown()
        with self._open_lock:
            self.stopping.set()
            for connection in self._open:
                cut(connection)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what no handler expected; a client that went away is no fault of ours."""
        logger.exception("a request failed")


class Handler(BaseHTTPRequestHandler):
    """Reading and answering for the marketplace's routes."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "marketplace", ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Register the connection before the first byte is read."""
        super().setup()
        self.server.enter(self.connection)

    def finish(self) -> None:
        """Close the streams; a client that left in the middle is no error."""
        self.server.leave(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        """Serve requests until the connection ends."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def read_body(self) -> bytes:
        """Return the whole body.

        Raises:
            BadRequest: no length, a wrong one, too long, or too slow.
        """
        length = self._length()
        deadline, parts, missing = time.monotonic() + BODY_SECONDS, [], length
        while missing:
            part = self._read_some(missing, seconds=deadline - time.monotonic())
            parts.append(part)
            missing -= len(part)
        self.connection.settimeout(IDLE_SECONDS)
        return b"".join(parts)

    def address(self) -> SplitResult:
        """Return the path and query that were asked for.

        Raises:
            BadRequest: 400, it is no address.
        """
        try:
            return urlsplit(self.path)
        except ValueError:
            raise BadRequest(400, "bad_address", "This is no address.") from None

    def answer(self, status: int, content: Any, *, headers: dict[str, str] | None = None) -> None:
        """Answer with one JSON value."""
        self.answer_bytes(status, json.dumps(content).encode() + b"\n", headers=headers)

    def answer_bytes(
        self, status: int, body: bytes, *, content_type: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        """Answer with bytes of one media type."""
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def problem(self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None) -> None:
        """Answer with one problem of RFC 9457."""
        title = self.responses.get(status, ("Error", ""))[0]
        content = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
        body = json.dumps(content).encode() + b"\n"
        self.answer_bytes(status, body, content_type="application/problem+json", headers=headers)

    def refuse_unread(self, problem: BadRequest) -> None:
        """Answer and end a connection whose body was not read; the client must still get to see the answer."""
        self.close_connection = True
        self.problem(problem.status, problem.code, problem.detail)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self._drain()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what http.server itself refuses in the same shape as everything else."""
        self.close_connection = True
        self.command = self.command or "GET"
        self.problem(code, "bad_request", message or "This request cannot be served.")

    def wait_for_client(self, seconds: float) -> None:
        """Keep the connection open without a word until the client gives up, time is over or the server stops."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.server.stopping.is_set():
            if self._client_left(within_seconds=0.1):
                return

    def cut(self) -> None:
        """End the connection without an answer."""
        self.close_connection = True
        cut(self.connection)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Leave the request log to those who debug."""
        logger.debug(format, *args)

    def _client_left(self, *, within_seconds: float) -> bool:
        self.connection.settimeout(within_seconds)
        try:
            left = not self.connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return False
        finally:
            self.connection.settimeout(IDLE_SECONDS)
        if not left:
            self.server.stopping.wait(within_seconds)
        return left

    def _length(self) -> int:
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            raise BadRequest(411, "body_length", "Send the body with a Content-Length.")
        length = lengths[0]
        if len(set(lengths)) > 1 or not (length.isascii() and length.isdigit()):
            raise BadRequest(400, "body_length", "Content-Length is not one whole number.")
        if len(length) > 10 or int(length) > LONGEST_BODY:
            raise BadRequest(413, "body_too_large", f"A body may have {LONGEST_BODY} bytes.")
        return int(length)

    def _read_some(self, most: int, *, seconds: float) -> bytes:
        self.connection.settimeout(max(seconds, 0.001))
        try:
            part = self.rfile.read1(most)
        except TimeoutError:
            raise BadRequest(408, "body_length", "The body did not come in time.") from None
        if not part:
            raise BadRequest(400, "body_length", "The body is shorter than its Content-Length.")
        return part

    def _drain(self) -> None:
        deadline, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            self.connection.settimeout(seconds)
            part = self.connection.recv(1 << 16)
            if not part:
                return
            left -= len(part)


def cut(connection: socket.socket) -> None:
    """End a connection in both directions at once."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
