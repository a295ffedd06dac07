"""Effects: once each, reversible, refused where they do not fit."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.marketplace.client import SECRET, get, ledger, post, send
from tscore.marketplace.kinds import KINDS
from tscore.marketplace.ledger import AlreadyRunning, FolderLock, LedgerDamaged
from tscore.marketplace.server import Running, serve

ACTIVE = {"standing": "active", "sessions": "open", "password": "kept", "warned": False, "blocked": False}
SUSPENDED = ACTIVE | {"standing": "suspended"}


def test_action_is_applied_once_and_answers_the_same(market: Running) -> None:
    first = send(market.url, "act_1").json()
    second = send(market.url, "act_1").json()

    assert first == {"action": "act_1", "result": "applied", "before": ACTIVE, "after": SUSPENDED}
    assert second == first | {"result": "already_applied"}
    assert get(f"{market.url}/actions/act_1").json() == first
    assert [line["action"] for line in ledger(market.url)] == ["act_1"]


def test_same_action_in_eight_threads_has_one_effect(market: Running) -> None:
    gate = threading.Barrier(8)

    def one(number: int) -> str:
        gate.wait()
        return str(send(market.url, "act_1").json()["result"])

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(one, range(8)))

    assert sorted(results) == ["already_applied"] * 7 + ["applied"]
    assert len(ledger(market.url)) == 1


def test_same_id_for_another_action_is_refused(market: Running) -> None:
    send(market.url, "act_1")

    answer = send(market.url, "act_1", "account.close")

    assert (answer.status, answer.json()["code"], len(ledger(market.url))) == (422, "key_reused", 1)


@pytest.mark.parametrize(
    ("kind", "target"), [("account.explode", "account"), ("listing.hide", "account"), ("entity.block", "planet")]
)
def test_action_that_does_not_fit_is_refused_for_good(market: Running, kind: str, target: str) -> None:
    first = send(market.url, "act_1", kind, (target, "a-17"))
    second = send(market.url, "act_1", kind, (target, "a-17"))

    assert (first.status, first.json()["result"]) == (200, "refused")
    assert first.json() == second.json() == get(f"{market.url}/actions/act_1").json()
    assert ledger(market.url) == []


@pytest.mark.parametrize(("kind", "inverse"), [(name, kind.inverse) for name, kind in KINDS.items() if kind.inverse])
def test_inverse_takes_back_what_it_reverses(market: Running, kind: str, inverse: str) -> None:
    target = ("domain" if kind == "entity.block" else kind.split(".", maxsplit=1)[0], "x-1")

    done = send(market.url, "act_1", kind, target).json()
    back = send(market.url, "act_2", inverse, target, reverses="act_1").json()

    released = {"state": "released"} if kind == "payout.hold" else {}
    assert (back["result"], back["before"], back["after"]) == ("applied", done["after"], done["before"] | released)
    assert [line["reverses"] for line in ledger(market.url)] == [None, "act_1"]


def test_account_suspended_twice_stays_suspended_when_one_falls(market: Running) -> None:
    send(market.url, "act_1")
    send(market.url, "act_2")

    first = send(market.url, "act_3", "account.restore", reverses="act_1").json()
    second = send(market.url, "act_4", "account.restore", reverses="act_2").json()

    assert [first["after"], second["after"]] == [SUSPENDED, ACTIVE]
    assert [line["event"]["type"] for line in ledger(market.url)[2:]] == ["account.suspended", "account.restored"]


def test_inverse_without_reverses_takes_back_all(market: Running) -> None:
    send(market.url, "act_1")
    send(market.url, "act_2", "account.restrict")

    assert send(market.url, "act_3", "account.restore").json()["after"] == ACTIVE


@pytest.mark.parametrize(
    ("kind", "account", "reverses"),
    [
        ("account.restore", "a-17", "act_9"),
        ("account.restore", "a-18", "act_1"),
        ("account.close", "a-17", "act_1"),
        ("account.restore", "a-17", "act_0"),
    ],
)
def test_reversal_of_nothing_is_refused(market: Running, kind: str, account: str, reverses: str) -> None:
    send(market.url, "act_0")
    send(market.url, "act_1")
    send(market.url, "act_2", "account.restore", reverses="act_0")

    assert send(market.url, "act_3", kind, ("account", account), reverses=reverses).json()["result"] == "refused"


def test_closed_account_stays_closed(market: Running) -> None:
    send(market.url, "act_1")
    send(market.url, "act_2", "account.close")

    answer = send(market.url, "act_3", "account.restore", reverses="act_1").json()

    assert (answer["result"], answer["reason"]) == ("refused", "This account is closed, which is final.")


def test_payment_is_refunded_once(market: Running) -> None:
    results = [
        send(market.url, action, "payment.refund", ("payment", "p-1")).json()["result"] for action in ("act_1", "act_2")
    ]

    assert results == ["applied", "refused"]


def test_ledger_keeps_order_and_filters(market: Running) -> None:
    for number in range(5):
        send(market.url, f"act_{number}", "listing.hide", ("listing", "l-1"))

    assert [(line["seq"], line["action"]) for line in ledger(market.url)] == [(n + 1, f"act_{n}") for n in range(5)]
    assert [line["seq"] for line in ledger(market.url, "act_3")] == [4]
    assert ledger(market.url, "act_9") == []


def test_state_and_answers_survive_a_restart_and_a_torn_line(tmp_path: Path) -> None:
    running = serve(tmp_path, secret=SECRET, console_url=None, key=None)
    first = send(running.url, "act_1").json()
    refused = send(running.url, "act_2", "listing.hide").json()
    running.stop()
    with (tmp_path / "marketplace" / "ledger.jsonl").open("ab") as file:
        file.write(b'{"seq":2,"action":"act_3"')

    running = serve(tmp_path, secret=SECRET, console_url=None, key=None)
    answers = [send(running.url, "act_1").json(), send(running.url, "act_2", "listing.hide").json()]
    third = send(running.url, "act_3", "account.restore", reverses="act_1").json()
    lines = ledger(running.url)
    running.stop()

    assert answers == [first | {"result": "already_applied"}, refused]
    assert (third["before"], [line["seq"] for line in lines]) == (SUSPENDED, [1, 2])
    stored = (tmp_path / "marketplace" / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in stored] == lines


def test_damaged_ledger_is_not_started_on(tmp_path: Path) -> None:
    folder = tmp_path / "marketplace"
    folder.mkdir()
    (folder / "ledger.jsonl").write_text("nonsense\n{}\n")

    with pytest.raises(LedgerDamaged):
        serve(tmp_path, secret=SECRET, console_url=None, key=None)

    FolderLock(folder, patience_seconds=0).release()


def test_second_marketplace_in_one_folder_is_refused(market: Running, tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunning):
        FolderLock(tmp_path / "marketplace", patience_seconds=0)


def test_full_disk_leaves_no_effect(market: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        failed = send(market.url, "act_1")
    lines_then = ledger(market.url)
    again = send(market.url, "act_1")

    assert (failed.status, failed.json()["code"], lines_then) == (503, "not_durable", [])
    assert (again.json()["result"], len(ledger(market.url))) == ("applied", 1)


def test_known_things_must_be_things(market: Running) -> None:
    bodies = ["{}", "[1]", '[{"kind":[],"id":"x","members":{}}]', '[{"kind":"payout","id":"x"}]']

    assert [post(f"{market.url}/known", body).status for body in bodies] == [422] * 4
