"""The one route of the console that the marketplace uses."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeConsole:
    """Keeps every event it is sent. `statuses` are answered first, one a request; `refuses` picks bad items."""

    def __init__(self, *, port: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.statuses: list[int] = []
        self.refuses: Callable[[dict[str, Any]], bool] = lambda event: False
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, events: list[dict[str, Any]], key: str | None) -> tuple[int, dict[str, Any]]:
        self.keys.append(key)
        if self.statuses:
            return self.statuses.pop(0), {}
        seen = {event["id"] for event in self.events}
        self.events += events
        items = [
            {"index": index, "id": event["id"], "status": self._status(event, seen)}
            for index, event in enumerate(events)
        ]
        return (207 if any(item["status"] == "refused" for item in items) else 200), {"items": items}

    def _status(self, event: dict[str, Any], seen: set[str]) -> str:
        if self.refuses(event):
            return "refused"
        return "duplicate" if event["id"] in seen else "new"

    def _handler(console) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/api/v1/events"
                status, answer = console.take(events, self.headers["Authorization"])
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: Any) -> None:
                pass

        return Handler
