"""Every way to misbehave, as the console sees it and as the ledger has it."""

import json
import threading
import time
from pathlib import Path

import pytest
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from tests.marketplace.client import SECRET, get, ledger, post, send, set_fault
from tscore.marketplace.faults import Faults
from tscore.marketplace.server import Running, serve


def test_fault_500_applies_nothing(market: Running) -> None:
    set_fault(market.url, "500")

    assert (send(market.url, "act_1").status, ledger(market.url)) == (500, [])


def test_fault_429_says_when_to_come_back(market: Running) -> None:
    set_fault(market.url, "429")

    answer = send(market.url, "act_1")

    assert (answer.status, answer.headers["Retry-After"], ledger(market.url)) == (429, "1", [])


def test_fault_slow_applies_and_answers_after_the_time_out(market: Running) -> None:
    set_fault(market.url, "slow", seconds=5)

    with pytest.raises(ReadTimeoutError):
        send(market.url, "act_1", timeout=0.3)

    assert get(f"{market.url}/actions/act_1").json()["result"] == "applied"
    set_fault(market.url, "slow", seconds=0.1)
    assert send(market.url, "act_1").json()["result"] == "already_applied"


def test_fault_drop_applies_without_an_answer(market: Running) -> None:
    set_fault(market.url, "drop")

    with pytest.raises(ProtocolError):
        send(market.url, "act_1")

    assert len(ledger(market.url, "act_1")) == 1


def test_fault_lose_applies_nothing(market: Running) -> None:
    set_fault(market.url, "lose")

    with pytest.raises(ProtocolError):
        send(market.url, "act_1")

    assert (get(f"{market.url}/actions/act_1").status, ledger(market.url)) == (404, [])


def test_fault_hang_lasts_until_the_client_gives_up(market: Running) -> None:
    set_fault(market.url, "hang")

    with pytest.raises(ReadTimeoutError):
        send(market.url, "act_1", timeout=0.3)

    assert (get(f"{market.url}/actions/act_1").status, ledger(market.url)) == (404, [])


def test_fault_hang_is_bounded(market: Running) -> None:
    set_fault(market.url, "hang", seconds=0.2)

    with pytest.raises(ProtocolError):
        send(market.url, "act_1")


def test_fault_late_answers_202_where_an_event_follows(market: Running) -> None:
    set_fault(market.url, "late")

    answers = [
        send(market.url, "act_1"),
        send(market.url, "act_2", "account.warn"),
        send(market.url, "act_3", "listing.hide"),
    ]

    assert [(answer.status, answer.json()["result"]) for answer in answers] == [
        (202, "accepted"),
        (200, "applied"),
        (200, "refused"),
    ]


def test_fault_ok_ends_the_misbehaviour(market: Running) -> None:
    set_fault(market.url, "500")
    set_fault(market.url, "ok")

    assert send(market.url, "act_1").status == 200


def test_every_fault_leaves_one_effect_once_it_is_over(market: Running) -> None:
    for mode in ("500", "429", "slow", "drop", "late", "lose", "hang"):
        set_fault(market.url, mode, seconds=0.1)
        try:
            send(market.url, f"act_{mode}")
        except HTTPError:
            pass
        set_fault(market.url, "ok")
        send(market.url, f"act_{mode}")

    assert sorted(line["action"] for line in ledger(market.url)) == sorted(
        f"act_{mode}" for mode in ("500", "429", "slow", "drop", "late", "lose", "hang")
    )


def test_share_picks_the_same_attempts_for_the_same_seed() -> None:
    def picks(seed: int) -> list[str]:
        faults = Faults()
        faults.set({"mode": "500", "share": 0.3, "seed": seed})
        return [faults.choose(f"act_{number % 200}")[0] for number in range(1000)]

    assert picks(1) == picks(1)
    assert picks(1) != picks(2)
    assert 250 < picks(1).count("500") < 350


@pytest.mark.parametrize(
    "wish",
    [
        [],
        {},
        {"mode": "explode"},
        {"mode": "ok", "share": 2},
        {"mode": "ok", "share": True},
        {"mode": "ok", "other": 1},
        {"mode": "ok", "seed": "a"},
        {"mode": "slow", "seconds": 61},
        {"mode": "slow", "seconds": float("nan")},
    ],
)
def test_fault_that_is_none_is_refused(market: Running, wish: object) -> None:
    answer = post(f"{market.url}/faults", json.dumps(wish))

    assert (answer.status, answer.json()["code"]) == (422, "invalid")


def test_stop_does_not_wait_for_hanging_clients(tmp_path: Path) -> None:
    running = serve(tmp_path, secret=SECRET, console_url=None, key=None)
    set_fault(running.url, "hang")
    failures: list[Exception] = []

    def hang() -> None:
        try:
            send(running.url, "act_1", timeout=30)
        except HTTPError as problem:
            failures.append(problem)

    client = threading.Thread(target=hang)
    client.start()
    time.sleep(0.3)
    started = time.monotonic()

    running.stop()
    client.join()

    assert (time.monotonic() - started < 3, len(failures)) == (True, 1)
