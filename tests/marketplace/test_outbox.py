"""Effects reported to the console: each once, whatever the console does meanwhile."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.marketplace.client import SECRET, ledger, send, wait_until
from tests.marketplace.console import FakeConsole
from tscore.marketplace.server import Running, serve


def start(data: Path, console: FakeConsole, *, key: str | None = "ts_key") -> Running:
    return serve(data, secret=SECRET, console_url=console.url, key=key)


def marks(data: Path) -> list[dict[str, Any]]:
    path = data / "marketplace" / "sent.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_effect_is_reported_once(tmp_path: Path, fake_console: FakeConsole) -> None:
    running = start(tmp_path, fake_console)

    for _ in range(3):
        send(running.url, "act_1", parameters={"until": None})
    send(running.url, "act_2", "account.warn")
    send(running.url, "act_3", "listing.hide")
    wait_until(lambda: len(marks(tmp_path)) == 1)
    running.stop()

    assert fake_console.events == [
        {
            "specversion": "1.0",
            "id": "act_1/applied",
            "type": "account.suspended",
            "time": "2026-03-01T09:00:01Z",
            "recordedtime": "2026-03-01T09:00:01Z",
            "data": {"account": "a-17", "action_id": "act_1"},
        }
    ]
    assert fake_console.keys == ["Bearer ts_key"]


def test_report_waits_for_a_console_in_trouble(tmp_path: Path, fake_console: FakeConsole) -> None:
    fake_console.statuses = [503, 429, 401, 302, 200]
    running = start(tmp_path, fake_console)

    send(running.url, "act_1")
    wait_until(lambda: len(marks(tmp_path)) == 1)
    running.stop()

    assert (len(fake_console.events), len(fake_console.keys)) == (1, 6)


def test_report_survives_a_console_that_is_away_and_a_restart(tmp_path: Path) -> None:
    console = FakeConsole()
    port = int(console.url.rpartition(":")[2])
    console.stop()
    running = start(tmp_path, console)
    for number in range(60):
        send(running.url, f"act_{number}")
    running.stop()

    console = FakeConsole(port=port)
    running = start(tmp_path, console)
    wait_until(lambda: len(marks(tmp_path)) == 60)
    running.stop()
    running = start(tmp_path, console)
    send(running.url, "act_last")
    wait_until(lambda: len(marks(tmp_path)) == 61)
    running.stop()
    console.stop()

    assert [event["id"] for event in console.events] == [f"act_{n}/applied" for n in [*range(60), "last"]]


def test_lost_mark_sends_the_same_event_again(tmp_path: Path, fake_console: FakeConsole) -> None:
    running = start(tmp_path, fake_console)
    send(running.url, "act_1")
    wait_until(lambda: len(marks(tmp_path)) == 1)
    running.stop()
    (tmp_path / "marketplace" / "sent.jsonl").write_bytes(b'{"action":"ac')

    running = start(tmp_path, fake_console)
    wait_until(lambda: len(marks(tmp_path)) == 1)
    running.stop()

    assert fake_console.events[0] == fake_console.events[1]
    assert marks(tmp_path) == [{"action": "act_1", "status": "duplicate"}]


def test_refused_report_is_logged_once_and_given_up(
    tmp_path: Path, fake_console: FakeConsole, caplog: pytest.LogCaptureFixture
) -> None:
    fake_console.refuses = lambda event: event["id"] == "act_1/applied"
    running = start(tmp_path, fake_console)

    with caplog.at_level(logging.ERROR, logger="marketplace.outbox"):
        send(running.url, "act_1")
        send(running.url, "act_2")
        wait_until(lambda: len(marks(tmp_path)) == 2)
    running.stop()

    assert [mark["status"] for mark in marks(tmp_path)] == ["refused", "new"]
    assert [record.getMessage() for record in caplog.records] == ["the console refuses the event of act_1: None"]


def test_key_may_come_later(tmp_path: Path, fake_console: FakeConsole) -> None:
    running = start(tmp_path, fake_console, key=None)
    send(running.url, "act_1")

    (tmp_path / "demo.json").write_text('{"ingest_key": "ts_later"}')
    wait_until(lambda: len(marks(tmp_path)) == 1)
    running.stop()

    assert fake_console.keys == ["Bearer ts_later"]


def test_ledger_holds_the_event_it_reports(tmp_path: Path, fake_console: FakeConsole) -> None:
    running = start(tmp_path, fake_console)

    send(running.url, "act_1", "entity.block", ("domain", "bad.example"))
    wait_until(lambda: len(marks(tmp_path)) == 1)
    lines = ledger(running.url)
    running.stop()

    assert [line["event"] for line in lines] == fake_console.events
    assert fake_console.events[0]["data"] == {"target": {"kind": "domain", "id": "bad.example"}, "action_id": "act_1"}
