"""The supervisor with dummy children: order, output, restart, stop, and nothing left after a kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes
from tscore.embedded.paths import ROOT
from tscore.supervision import probes, static
from tscore.supervision.children import Plan, table

# A supervisor without the servers, whose children come from the test; `sh` stands for one line of shell.
PROGRAM = """
import os, sys
from pathlib import Path
from tscore import supervisor
from tscore.supervision.children import Child, Plan

data = Path(os.environ["DATA"])
def sh(name, script, **more):
    return Child(name, ("/bin/sh", "-c", script), **more)
def exists(name):
    return lambda: (data / name).exists()
sys.exit(supervisor.run(Plan(data, port=9, demo=False), eval(sys.argv[1])))
"""
FOREVER = "echo up; exec sleep 60"


class Run:
    """A supervisor in a process of its own, and what it printed."""

    def __init__(self, data: Path, children: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, children],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, "DATA": str(data), "DATABASE_URL": "none", "BROKER_URL": "none"},
        )

    def read_until(self, words: str) -> None:
        assert self.process.stdout is not None
        while not self.lines or words not in self.lines[-1]:
            line = self.process.stdout.readline()
            assert line, "\n".join(self.lines)
            self.lines.append(line.rstrip())

    def said(self, name: str) -> list[str]:
        """Return the lines of one child."""
        return [line.split(" | ", 1)[1] for line in self.lines if line.split(" | ")[0].strip() == name]

    def end(self) -> int:
        """Read to the end and return the exit status."""
        assert self.process.stdout is not None
        self.lines += self.process.stdout.read().splitlines()
        return self.process.wait(10)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def start(data: Path) -> Iterator["type[Run]"]:
    runs: list[Run] = []

    def begin(children: str) -> Run:
        runs.append(Run(data, children))
        return runs[-1]

    yield begin  # type: ignore[misc]
    for run in runs:
        run.process.kill()
        run.process.wait()
        run.process.stdout.close()


def test_a_child_starts_when_those_before_it_are_settled(start, data):
    run = start("""[
        sh("last", "test -e $DATA/two && echo in order; exec sleep 60", after=("two", "not here")),
        sh("two", "test -e $DATA/one && touch $DATA/two; exec sleep 60", after=("one",), is_ready=exists("two")),
        sh("one", "sleep 0.2; touch $DATA/one", once=True),
    ]""")

    run.read_until("in order")
    run.process.send_signal(signal.SIGINT)

    assert run.end() == 0
    assert run.said("last") == ["in order"]


def test_ctrl_c_stops_stubborn_children_within_five_seconds(start, data):
    run = start("""[
        sh("deaf", "trap '' TERM; echo up; while :; do sleep 0.1; done"),
        sh("deaf shop", "trap '' TERM; echo up; while :; do sleep 0.1; done", stopped=2),
    ]""")
    run.read_until("up")
    run.read_until("runs")
    run.read_until("runs")
    began = time.monotonic()

    run.process.send_signal(signal.SIGINT)
    status = run.end()

    assert status == 0
    assert time.monotonic() - began < 5
    assert processes.using(data) == set()


def test_a_dead_child_is_started_again_ever_more_slowly(start, data):
    run = start("""[sh("weak", "echo born; sleep 0.3; exit 3")]""")

    run.read_until("again in 1.0 s")
    run.process.send_signal(signal.SIGTERM)
    run.end()

    assert [line for line in run.said("up") if "again" in line] == [
        "weak ended with 3; again in 0.5 s",
        "weak ended with 3; again in 1.0 s",
    ]


def test_a_failed_step_stops_everything_with_its_output(start, data):
    run = start("""[
        sh("web", "exec sleep 60"),
        sh("fill", "echo the reason; exit 4", once=True, after=("web",)),
        sh("worker", "touch $DATA/started; exec sleep 60", after=("fill",)),
    ]""")

    status = run.end()

    assert status == 1
    assert run.said("fill") == ["the reason"]
    assert "fill failed with 4; stopping" in run.said("up")
    assert not (data / "started").exists()
    assert processes.using(data) == set()


def test_a_child_that_never_gets_ready_ends_the_run(start, data):
    run = start("""[sh("web", "exit 7", is_ready=exists("never"))]""")

    status = run.end()

    assert status == 1
    assert run.said("up")[-2] == "web ended with 7, 4 times before it was ready; stopping"


def test_a_killed_supervisor_leaves_no_child_and_its_folder_can_be_used_again(start, data):
    children = """[
        sh("deaf", "trap '' TERM; echo up; while :; do sleep 0.1; done"),
        sh("grandparent", "sleep 60 & echo up; wait"),
    ]"""
    run = start(children)
    run.read_until("runs")
    run.read_until("runs")

    run.process.kill()
    again = start(children)
    again.read_until("runs")

    assert {pid for pid in processes.using(data) if processes.parent(pid) == 1} == set()
    again.process.send_signal(signal.SIGINT)
    assert again.end() == 0
    assert processes.becomes_true(lambda: processes.using(data) == set(), within_s=1)


def test_a_second_run_on_the_same_folder_is_refused(start, data):
    first = start(f"""[sh("web", "{FOREVER}")]""")
    first.read_until("up")

    second = start(f"""[sh("web", "{FOREVER}")]""")
    status = second.end()

    assert status == 1
    assert second.lines == [
        f"Process {first.process.pid} runs on {data} already: stop it, or choose another DATA folder."
    ]


def test_a_reader_who_leaves_stops_the_run(start, data):
    run = start("""[sh("loud", "while :; do echo line; sleep 0.05; done")]""")
    run.read_until("line")

    run.process.stdout.close()

    assert run.process.wait(5) == 0
    assert processes.using(data) == set()


def test_the_table_waits_with_worker_and_beat_until_the_world_is_filled(data):
    empty = {child.name: child.after for child in table(Plan(data, port=8000, demo=True))}
    (data / "demo.json").write_text('{"filled": true}')
    static.stamp(data)
    filled = [child.name for child in table(Plan(data, port=8000, demo=True))]
    plain = [child.name for child in table(Plan(data, port=8000, demo=False))]

    assert list(empty) == ["migrate", "static", "web", "shop", "fill", "worker", "beat", "watch", "live"]
    assert "fill" in empty["worker"]
    assert "fill" in empty["beat"]
    assert filled == ["migrate", "web", "shop", "worker", "beat", "watch", "live"]
    assert plain == ["migrate", "web", "worker", "beat", "watch"]


def test_a_queue_is_consumed_only_where_one_is_named(data, monkeypatch):
    static.stamp(data)
    monkeypatch.setenv("INGEST_QUEUE_URL", "amqp://127.0.0.1//")

    named = {child.name: child.after for child in table(Plan(data, port=8000, demo=False))}

    assert list(named) == ["migrate", "web", "worker", "beat", "consume", "watch"]
    assert "migrate" in named["consume"]


def test_probes_tell_an_answer_from_silence():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

        while_taken = probes.is_port_free(port)

    assert while_taken is False
    assert probes.is_port_free(port) is True
    assert probes.status(f"http://127.0.0.1:{port}/") == (0, "")
