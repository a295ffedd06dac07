"""The marketplace as a process of its own: started, killed, started again."""

import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from urllib3.exceptions import HTTPError

from tests.marketplace.client import SECRET, ledger, send, set_fault, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """One run of `python -m tscore.marketplace`."""

    def __init__(self, data: Path, **environment: str) -> None:
        base = {"PATH": os.environ["PATH"], "DATA": str(data), "MARKETPLACE_PORT": "0"}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tscore.marketplace"],
            cwd=ROOT,
            env=base | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.popen.stdout
        self.url = self.popen.stdout.readline().strip()

    def kill(self) -> None:
        self.popen.kill()
        self.popen.communicate()

    def terminate(self) -> tuple[int, str]:
        self.popen.terminate()
        _, errors = self.popen.communicate(timeout=10)
        return self.popen.returncode, errors


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        process.kill()


def try_to_send(url: str, action: str) -> None:
    try:
        send(url, action, timeout=30)
    except HTTPError:
        pass


def test_kill_between_effect_and_answer_leaves_one_effect(tmp_path: Path, processes: list[Process]) -> None:
    processes.append(Process(tmp_path, MARKETPLACE_SECRET=SECRET))
    url = processes[0].url
    set_fault(url, "slow", seconds=30)
    client = threading.Thread(target=try_to_send, args=(url, "act_1"))
    client.start()
    wait_until(lambda: len(ledger(url, "act_1")) == 1)

    processes[0].kill()
    client.join()
    processes.append(Process(tmp_path, MARKETPLACE_SECRET=SECRET))
    answer = send(processes[1].url, "act_1").json()

    assert (answer["result"], answer["after"]["standing"]) == ("already_applied", "suspended")
    assert len(ledger(processes[1].url, "act_1")) == 1


def test_kills_at_any_moment_lose_and_double_nothing(tmp_path: Path, processes: list[Process]) -> None:
    chance = random.Random(7)
    actions = [f"act_{number}" for number in range(120)]
    told: set[str] = set()

    def client(url: str, mine: list[str]) -> None:
        for action in mine:
            try:
                if send(url, action).status == 200:
                    told.add(action)
            except HTTPError:
                return

    for _ in range(4):
        processes.append(Process(tmp_path, MARKETPLACE_SECRET=SECRET))
        url = processes[-1].url
        clients = [threading.Thread(target=client, args=(url, actions[number::4])) for number in range(4)]
        for thread in clients:
            thread.start()
        threading.Event().wait(chance.uniform(0.01, 0.15))
        processes[-1].kill()
        for thread in clients:
            thread.join()
    processes.append(Process(tmp_path, MARKETPLACE_SECRET=SECRET))
    lost = told - {line["action"] for line in ledger(processes[-1].url)}
    client(processes[-1].url, actions)

    assert lost == set()
    assert Counter(line["action"] for line in ledger(processes[-1].url)) == Counter(actions)


def test_secret_comes_from_the_console_and_a_stop_is_clean(tmp_path: Path, processes: list[Process]) -> None:
    (tmp_path / "secrets.json").write_text(f'{{"webhook_secret": "{SECRET}"}}')
    processes.append(Process(tmp_path))

    status = send(processes[0].url, "act_1").status

    assert (status, processes[0].terminate()) == (200, (0, "marketplace: applied account.suspend (act_1)\n"))


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"MARKETPLACE_PORT": "web", "MARKETPLACE_SECRET": SECRET}, "MARKETPLACE_PORT must be a port number"),
        ({"MARKETPLACE_SECRET": "whsec_"}, "MARKETPLACE_SECRET must be"),
        ({"MARKETPLACE_SECRET": "whsec_a"}, "MARKETPLACE_SECRET must be"),
    ],
)
def test_bad_setting_ends_the_start_with_one_sentence(
    tmp_path: Path, processes: list[Process], environment: dict[str, str], says: str
) -> None:
    processes.append(Process(tmp_path, **environment))

    code, errors = processes[0].terminate()

    assert (code, len(errors.splitlines()), says in errors) == (1, 1, True)


def test_marketplace_imports_nothing_of_the_console() -> None:
    program = "import sys, tscore.marketplace.server; print({m.split('.')[0] for m in sys.modules})"

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert [name for name in ("django", "signals", "cases", "celery") if f"'{name}'" in loaded] == []
