"""What each answer of a marketplace means, from a server that says anything it is told to."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook

from cases import enforcers
from cases.enforcers import Result

APPLIED = json.dumps({"action": "act_1", "result": "applied", "before": {}, "after": {"standing": "suspended"}})
REFUSED = json.dumps({"action": "act_1", "result": "refused", "reason": "It is closed."})


class Parrot(BaseHTTPRequestHandler):
    """Answers what the test wrote into the server, and keeps what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers.items()), body))
        status, headers, content = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST  # noqa: N815 - the name is the library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def parrot(settings):
    server = HTTPServer(("127.0.0.1", 0), Parrot)
    server.asked, server.answer = [], (200, {}, b"")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.MARKETPLACE_URL = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "headers", "content", "result"),
    [
        (200, {}, APPLIED, Result.APPLIED),
        (200, {}, APPLIED.replace("applied", "already_applied"), Result.APPLIED),
        (200, {}, REFUSED, Result.REFUSED),
        (200, {}, "<html>Welcome</html>", Result.UNKNOWN),
        (200, {}, APPLIED.replace("act_1", "act_2"), Result.UNKNOWN),
        (200, {}, '["applied"]', Result.UNKNOWN),
        (200, {}, '{"action": "act_1", "result": "maybe"}', Result.UNKNOWN),
        (200, {}, "[" * 100_000, Result.UNKNOWN),
        (200, {}, '{"pad": "' + "x" * 200_000 + '"}', Result.UNKNOWN),
        (202, {}, "{}", Result.UNKNOWN),
        (301, {"Location": "/elsewhere"}, "", Result.RETRY),
        (307, {"Location": "http://192.0.2.1/"}, "", Result.RETRY),
        (408, {}, "", Result.RETRY),
        (429, {"Retry-After": "7"}, "", Result.RETRY),
        (500, {}, "", Result.UNKNOWN),
        (503, {"Retry-After": "7"}, "", Result.UNKNOWN),
        (400, {}, "", Result.FAILED),
        (404, {}, "", Result.FAILED),
        (410, {}, "", Result.FAILED),
        (422, {}, '{"detail": "No such account."}', Result.FAILED),
    ],
)
def test_send_reads_every_answer(parrot, status, headers, content, result):
    parrot.answer = (status, headers, content.encode())

    outcome = enforcers.send(public_id="act_1", body=b"{}")

    assert outcome.result == result
    assert outcome.pauses == (status == 410)
    assert outcome.retry_after == (timedelta(seconds=7) if "Retry-After" in headers else None)
    assert len(parrot.asked) == 1


@pytest.mark.parametrize(
    ("status", "content", "result"),
    [
        (200, APPLIED, Result.APPLIED),
        (200, REFUSED, Result.REFUSED),
        (404, "", Result.ABSENT),
        (200, "garbage", Result.UNKNOWN),
        (302, "", Result.UNKNOWN),
        (500, "", Result.UNKNOWN),
        (410, "", Result.UNKNOWN),
    ],
)
def test_ask_takes_only_a_clear_answer(parrot, status, content, result):
    parrot.answer = (status, {}, content.encode())

    assert enforcers.ask(public_id="act_1").result == result


@pytest.mark.parametrize("wait", ["soon", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 50, ""])
def test_send_ignores_a_wait_that_is_no_number_of_seconds(parrot, wait):
    parrot.answer = (429, {"Retry-After": wait}, b"")

    assert enforcers.send(public_id="act_1", body=b"{}").retry_after is None


def test_send_waits_at_most_an_hour(parrot):
    parrot.answer = (429, {"Retry-After": "86400"}, b"")

    assert enforcers.send(public_id="act_1", body=b"{}").retry_after == timedelta(hours=1)


def test_send_signs_with_the_real_clock(parrot, settings):
    parrot.answer = (200, {}, APPLIED.encode())

    enforcers.send(public_id="act_1", body=b'{"a": 1}')

    [(path, headers, body)] = parrot.asked
    lower = {name.lower(): value for name, value in headers.items()}
    assert (path, lower["webhook-id"]) == ("/actions", "act_1")
    assert abs(datetime.now(UTC).timestamp() - int(lower["webhook-timestamp"])) < 60
    assert Webhook(settings.WEBHOOK_SECRET).verify(body, lower) == {"a": 1}


def test_send_to_nobody_was_surely_not_sent(settings):
    settings.MARKETPLACE_URL = "http://127.0.0.1:9"

    assert enforcers.send(public_id="act_1", body=b"{}").result == Result.RETRY


def test_ask_nobody_stays_unknown(settings):
    settings.MARKETPLACE_URL = "http://127.0.0.1:9"

    assert enforcers.ask(public_id="act_1").result == Result.UNKNOWN
