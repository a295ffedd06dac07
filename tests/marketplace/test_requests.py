"""Signature, content and size of what comes in."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from tests.marketplace.client import body_of, get, ledger, post, send, signed
from tscore.marketplace.server import Running


def test_healthz_answers(market: Running) -> None:
    assert get(f"{market.url}/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": None},
        {"webhook-id": None},
        {"webhook-timestamp": None},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-id": "act_2"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": " " * 100},
    ],
)
def test_action_with_a_malformed_signature_is_refused(market: Running, change: dict[str, str | None]) -> None:
    body = body_of("act_1")
    headers = {name: value for name, value in (signed("act_1", body) | change).items() if value is not None}

    answer = post(f"{market.url}/actions", body, headers=headers)

    assert (answer.status, answer.json()["code"], ledger(market.url)) == (401, "bad_signature", [])


@pytest.mark.parametrize("minutes", [-6, 6])
def test_action_signed_at_another_time_is_refused(market: Running, minutes: int) -> None:
    body = body_of("act_1")
    headers = signed("act_1", body, at=datetime.now(UTC) + timedelta(minutes=minutes))

    answer = post(f"{market.url}/actions", body, headers=headers)

    assert (answer.status, ledger(market.url)) == (401, [])


def test_action_signed_with_another_secret_is_refused(market: Running) -> None:
    body = body_of("act_1")

    answer = post(f"{market.url}/actions", body, headers=signed("act_1", body, secret="whsec_b3RoZXI="))

    assert answer.status == 401


def test_action_with_a_changed_body_is_refused(market: Running) -> None:
    body = body_of("act_1")

    answer = post(f"{market.url}/actions", body.replace("a-17", "a-18"), headers=signed("act_1", body))

    assert answer.status == 401


def test_action_signed_by_the_old_and_the_new_secret_is_taken(market: Running) -> None:
    body = body_of("act_1")
    headers = signed("act_1", body)
    other = Webhook("whsec_b3RoZXI=").sign(msg_id="act_1", timestamp=datetime.now(UTC), data=body)
    headers["webhook-signature"] = f"{other} {headers['webhook-signature']}"

    assert post(f"{market.url}/actions", body, headers=headers).status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed_json"),
        ("[" * 60_000, 400, "malformed_json"),
        ("9" * 6_000, 400, "malformed_json"),
        ("[]", 422, "invalid"),
        ('{"type":"other"}', 422, "invalid"),
        ('{"type":"action.requested","data":[]}', 422, "invalid"),
        (body_of("act_2"), 422, "invalid"),
        (body_of("act_1", target=("account", "with space")), 422, "invalid"),
        (body_of("act_1", target=("account", "x" * 201)), 422, "invalid"),
        (body_of("act_1", target=("account", "nul\0")), 422, "invalid"),
        (body_of("act_1", target=("account", "\ud800")), 422, "invalid"),
        (body_of("act_1", kind=["account.suspend"]), 422, "invalid"),
        (body_of("act_1", parameters=[1]), 422, "invalid"),
        (body_of("act_1", reverses=7), 422, "invalid"),
        (body_of("act_1", decided_at="2026-03-01T10:00:00"), 422, "invalid"),
        (body_of("act_1", decided_at="0001-01-01T00:00:00+14:00"), 422, "invalid"),
        (body_of("act_1", decided_at=None), 422, "invalid"),
    ],
)
def test_signed_nonsense_is_refused_with_one_code(market: Running, body: str, status: int, code: str) -> None:
    answer = post(f"{market.url}/actions", body, headers=signed("act_1", body))

    assert (answer.status, answer.json()["code"], ledger(market.url)) == (status, code, [])
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_long_body_is_refused_and_the_answer_arrives(market: Running) -> None:
    answer = post(f"{market.url}/actions", b"x" * 5_000_000)

    assert (answer.status, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("", b"411"),
        ("Transfer-Encoding: chunked\r\n", b"411"),
        ("Content-Length: -1\r\n", b"400"),
        ("Content-Length: 1\r\nContent-Length: 2\r\n", b"400"),
        ("Content-Length: 99999999999999999999\r\n", b"413"),
        ("Content-Length: 10\r\n", b"400"),
    ],
)
def test_body_of_a_false_length_is_refused(market: Running, head: str, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(market.url.rpartition(":")[2])), timeout=5) as connection:
        connection.sendall(f"POST /actions HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode())
        connection.shutdown(socket.SHUT_WR)

        assert connection.recv(1000).split(b" ")[1] == status


def test_unknown_address_is_not_found(market: Running) -> None:
    answers = [get(f"{market.url}/nothing"), post(f"{market.url}/nothing", "{}"), get(f"{market.url}/actions/act_9")]

    assert [answer.json()["code"] for answer in answers] == ["not_found"] * 3


def test_web_pages_are_refused(market: Running) -> None:
    fault = '{"mode":"500"}'

    answers = [
        post(f"{market.url}/faults", fault, headers={"Origin": "http://example.org"}),
        post(f"{market.url}/faults", fault, headers={"Host": "example.org"}),
    ]

    assert [answer.status for answer in answers] == [403, 403]
    assert send(market.url, "act_1").status == 200
