"""Two small servers on loopback that keep what they are sent: one speaks HTTP, the other just enough SMTP."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Posts:
    """What came over HTTP; `statuses` are answered in turn, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses) or [200]
        self.requests: list[tuple[dict[str, str], str]] = []
        self.url = ""

    def take(self, headers: dict[str, str], body: str) -> int:
        """Keep one request and say how it is answered."""
        self.requests.append((headers, body))
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class Mails:
    """What came as mail; `refusals` are the first so many that are turned away."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.texts: list[str] = []
        self.url = ""


@contextmanager
def http(*statuses: int) -> Iterator[Posts]:
    """Serve HTTP for as long as the block lasts."""
    kept = Posts(*statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(kept.take({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        kept.url = f"http://127.0.0.1:{port}/hook"
        yield kept


@contextmanager
def smtp(refusals: int = 0) -> Iterator[Mails]:
    """Serve SMTP for as long as the block lasts."""
    kept = Mails(refusals)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                word = line.upper().split()[0]
                if word == "DATA":
                    self.say("354 go on")
                    self.keep()
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def keep(self) -> None:
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            if kept.refusals:
                kept.refusals -= 1
                self.say("451 later")
            else:
                kept.texts.append("\n".join(lines))
                self.say("250 kept")

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        kept.url = f"smtp://127.0.0.1:{port}"
        yield kept


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
